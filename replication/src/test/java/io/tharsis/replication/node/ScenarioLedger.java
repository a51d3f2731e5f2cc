package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Everything that was written to a resource in its life, and whether a content is a moment of that.
 * Each cell holds the stamp of the write that it is of; stamps only grow. Who writes never has two
 * writes of one cell under way, and repeats a write that has failed, or gives it up for good.
 */
final class ScenarioLedger {

  /**
   * A log that holds a write, or may be the one that does.
   *
   * @param lineage of the log; its newest epoch was being written
   * @param lsn everything that was acknowledged by then is below that
   */
  record Proof(Lineage lineage, long lsn) {
    @Override
    public String toString() {
      return "LSN %d of %s".formatted(lsn, lineage.newest().orElseThrow().id());
    }
  }

  private record Force(long stamp, boolean lossy) {}

  /** Cells that were written at once. */
  private static final class Write {
    private final long stamp;
    private final int from;
    private final int to;
    private long ended = Long.MAX_VALUE;
    private List<Proof> proofs = List.of();

    Write(long stamp, int from, int to) {
      this.stamp = stamp;
      this.from = from;
      this.to = to;
    }

    boolean isAcknowledged() {
      return ended != Long.MAX_VALUE;
    }
  }

  private final TreeMap<Long, Write> writes = new TreeMap<>();

  /** What was begun by force. */
  private final Map<UUID, Force> forces = new TreeMap<>();

  private final Map<UUID, Epoch> epochs = new TreeMap<>();
  private final long[] before;

  /** The write that each cell was acknowledged to hold last. */
  private final long[] latest;

  /**
   * @param before what the volume held before the first write
   */
  ScenarioLedger(long[] before) {
    this.before = before.clone();
    this.latest = before.clone();
  }

  void submitted(long stamp, int from, int to) {
    writes.put(stamp, new Write(stamp, from, to));
  }

  /**
   * The initiator was told that it is done.
   *
   * @param now a stamp beyond that of every write begun by now
   * @param proofs the logs of all that may have done it
   */
  void acknowledged(long stamp, long now, List<Proof> proofs) {
    Write write = writes.get(stamp);
    write.ended = now;
    write.proofs = List.copyOf(proofs);
    for (int cell = write.from; cell < write.to; cell++) {
      latest[cell] = stamp;
    }
  }

  /**
   * An epoch was begun without asking anybody.
   *
   * @param stamp beyond those of all writes that were begun before
   * @param lossy whether the operator has accepted that what others have more is lost
   * @return whether that is news
   */
  boolean forced(UUID epoch, long stamp, boolean lossy) {
    return forces.putIfAbsent(epoch, new Force(stamp, lossy)) == null;
  }

  /** Whether anything may be missing anywhere. */
  boolean isForced() {
    return !forces.isEmpty();
  }

  // ---- which writes must be there ----

  /**
   * Whether a write must be in all log of a lineage up to an LSN.
   *
   * @param lineage empty if it is not known whose content it is
   */
  private boolean isRequired(Write write, Optional<Lineage> lineage, long lsn) {
    if (!write.isAcknowledged()) {
      return false;
    }
    if (lineage.isEmpty()) {
      return forces.isEmpty();
    }
    return write.proofs.stream().allMatch(proof -> isRequired(write, proof, lineage.get(), lsn));
  }

  /**
   * Where both lines part somebody has begun by force, on one of them. Who has forced goes without
   * what was beyond, if that was said; whoever was forced goes without all that came after.
   */
  private boolean isRequired(Write write, Proof proof, Lineage lineage, long lsn) {
    List<Epoch> here = line(lineage);
    List<Epoch> there = line(proof.lineage());
    int common = common(here, there);
    boolean within = common < there.size() || common == here.size();
    if (common == here.size() || (!within && proof.lsn() <= here.get(common).startLsn())) {
      boolean forced = common < there.size() && isForced(there.get(common));
      return proof.lsn() <= lsn && !forced;
    }
    Force force = forces.get(here.get(common).id());
    if (force != null) {
      return !force.lossy() && write.ended < force.stamp();
    }
    return lsn == Long.MAX_VALUE && (common == there.size() || !isForced(there.get(common)));
  }

  /** All epochs of a log, also those of which it has no log any more. */
  private List<Epoch> line(Lineage lineage) {
    lineage.epochs().forEach(it -> epochs.putIfAbsent(it.id(), it));
    List<Epoch> line = new ArrayList<>();
    Epoch next = lineage.newest().orElse(null);
    while (next != null) {
      line.addFirst(next);
      next = epochs.get(next.parent().id());
    }
    return line;
  }

  /** How many epochs two lines have in common. */
  private static int common(List<Epoch> here, List<Epoch> there) {
    int common = 0;
    while (common < Math.min(here.size(), there.size())
        && here.get(common).id().equals(there.get(common).id())) {
      common++;
    }
    return common;
  }

  /** Whether where two lines part at least one of them was begun by force. */
  boolean isForcedApart(Lineage one, Lineage other) {
    List<Epoch> here = line(one);
    List<Epoch> there = line(other);
    int common = common(here, there);
    return Stream.of(here, there)
        .filter(line -> common < line.size())
        .anyMatch(line -> line.get(common).kind() == Epoch.Kind.FORCED);
  }

  /** Whether a log is none that another one goes on from. */
  boolean isBranch(Lineage lineage, long endLsn, Lineage of) {
    List<Epoch> here = line(lineage);
    List<Epoch> there = line(of);
    int common = common(here, there);
    return common < here.size() || (common < there.size() && endLsn > there.get(common).startLsn());
  }

  private boolean isForced(Epoch epoch) {
    return forces.containsKey(epoch.id());
  }

  // ---- what a content is ----

  /**
   * Says why a content is not one moment, if it is none.
   *
   * @param lineage of the log whose content it is; empty if that is not known
   * @param lsn all log below that is in it; {@link Long#MAX_VALUE} if it is all that ever was
   */
  Optional<String> objection(long[] content, Optional<Lineage> lineage, long lsn) {
    TreeMap<Long, Write> there = new TreeMap<>();
    for (int cell = 0; cell < content.length; cell++) {
      Write visible = writes.get(content[cell]);
      if (visible != null) {
        there.put(visible.stamp, visible);
      } else if (content[cell] != before[cell]) {
        return Optional.of("cell %d has %d, which never was".formatted(cell, content[cell]));
      }
    }
    long newest = there.isEmpty() ? 0 : there.lastKey();
    for (Write write : writes.values()) {
      boolean earlier = write.ended < newest && isRequired(write, lineage, Long.MAX_VALUE);
      if (earlier || isRequired(write, lineage, lsn)) {
        there.put(write.stamp, write);
      }
    }
    return difference(content, there, lineage, lsn);
  }

  private Optional<String> difference(
      long[] content, SortedMap<Long, Write> there, Optional<Lineage> lineage, long lsn) {
    long[] expected = before.clone();
    for (Write write : there.values()) {
      for (int cell = write.from; cell < write.to; cell++) {
        expected[cell] = write.stamp;
      }
    }
    for (int cell = 0; cell < expected.length; cell++) {
      if (expected[cell] != content[cell]) {
        return Optional.of(
            "cell %d has %d instead of %s, the newest that is seen is %d, %s below %d"
                .formatted(
                    cell, content[cell], describe(expected[cell]), newest(content), lineage, lsn));
      }
    }
    return Optional.empty();
  }

  private String describe(long stamp) {
    Write write = writes.get(stamp);
    return write == null
        ? String.valueOf(stamp)
        : "%d (cells %d to %d, %s)"
            .formatted(
                stamp,
                write.from,
                write.to,
                write.isAcknowledged()
                    ? "acknowledged at %d %s".formatted(write.ended, write.proofs)
                    : "not acknowledged");
  }

  /** Says why cells cannot be read so now, with nothing under way for them. */
  Optional<String> misread(int from, long[] stamps) {
    for (int i = 0; i < stamps.length; i++) {
      int cell = from + i;
      long least = forces.isEmpty() ? latest[cell] : before[cell];
      Write seen = writes.get(stamps[i]);
      boolean known =
          stamps[i] == before[cell] || (seen != null && seen.from <= cell && cell < seen.to);
      if (!known || stamps[i] < least) {
        return Optional.of(
            "cell %d is read as %d, and was %s".formatted(cell, stamps[i], describe(least)));
      }
    }
    return Optional.empty();
  }

  private static long newest(long[] content) {
    long newest = 0;
    for (long stamp : content) {
      newest = Math.max(newest, stamp);
    }
    return newest;
  }

  /** How many writes were begun, for people. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("begun", (long) writes.size());
    counts.put("done", writes.values().stream().filter(Write::isAcknowledged).count());
    return counts;
  }
}
