package io.tharsis.replication.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything that was written to a resource in its life, in order, and whether a content is a
 * moment of that. Each cell holds the stamp of the write that it is of; stamps only grow.
 */
final class ScenarioLedger {

  /** Cells that were written at once. */
  private record Write(long stamp, int from, int to) {
    boolean covers(int cell) {
      return from <= cell && cell < to;
    }
  }

  private final List<Write> writes = new ArrayList<>();

  /** Writes that have failed: whether they were done is not known. */
  private final List<Write> doubtful = new ArrayList<>();

  /** Log up to an LSN holds the write of that stamp, and those before. */
  private final TreeMap<Long, Long> proofs = new TreeMap<>();

  private final long[] before;
  private long acknowledged;

  /**
   * @param before what the volume held before the first write
   */
  ScenarioLedger(long[] before) {
    this.before = before.clone();
    this.acknowledged = newest(before);
  }

  int writes() {
    return writes.size();
  }

  void submitted(long stamp, int from, int to) {
    writes.add(new Write(stamp, from, to));
  }

  void acknowledged(long stamp) {
    acknowledged = Math.max(acknowledged, stamp);
  }

  /** The write was refused; it may be there nevertheless. */
  void failed(long stamp) {
    writes.stream()
        .filter(write -> write.stamp() == stamp)
        .findFirst()
        .ifPresent(write -> {
          writes.remove(write);
          doubtful.add(write);
        });
  }

  /** Everything that has been acknowledged by now is in the log below that. */
  void durable(long lsn) {
    proofs.merge(lsn, acknowledged, Math::max);
  }

  /** The write that log up to {@code lsn} holds at least. */
  long leastAt(long lsn) {
    Map.Entry<Long, Long> proof = proofs.floorEntry(lsn);
    return proof == null ? newest(before) : proof.getValue();
  }

  long acknowledged() {
    return acknowledged;
  }

  static long newest(long[] content) {
    long newest = 0;
    for (long stamp : content) {
      newest = Math.max(newest, stamp);
    }
    return newest;
  }

  /** Says why a content is not one moment at or after a write, if it is none. */
  Optional<String> objection(long[] content, long atLeast) {
    long newest = newest(content);
    if (newest < atLeast) {
      return Optional.of("write %d must be there, the newest is %d".formatted(atLeast, newest));
    }
    long[] expected = before.clone();
    boolean known =
        newest == newest(before) || doubtful.stream().anyMatch(it -> it.stamp() == newest);
    for (Write write : writes) {
      if (write.stamp() <= newest) {
        for (int cell = write.from(); cell < write.to(); cell++) {
          expected[cell] = write.stamp();
        }
        known |= write.stamp() == newest;
      }
    }
    return known
        ? difference(content, expected, newest)
        : Optional.of("write " + newest + " never was");
  }

  private Optional<String> difference(long[] content, long[] expected, long newest) {
    for (int cell = 0; cell < expected.length; cell++) {
      if (expected[cell] != content[cell] && !isDoubtful(cell, content[cell], expected[cell])) {
        return Optional.of(
            "with write %d there, cell %d has %d instead of %d"
                .formatted(newest, cell, content[cell], expected[cell]));
      }
    }
    return Optional.empty();
  }

  private boolean isDoubtful(int cell, long stamp, long instead) {
    return stamp > instead
        && doubtful.stream().anyMatch(it -> it.stamp() == stamp && it.covers(cell));
  }

  /** What the primary holds after a restart is what was written from now on. */
  Optional<String> restarted(long[] content) {
    Optional<String> objection = objection(content, acknowledged);
    long survived = newest(content);
    writes.removeIf(write -> write.stamp() > survived);
    return objection;
  }
}
