package io.tharsis.logfiles.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The model of one resource: everything that was asked for, in the order of the log, and what was
 * promised. The oracles are its methods; a violation is an {@link OracleViolation}.
 *
 * <p>A resource appends what is submitted to it in the order of submission, so that order is known
 * here without looking inside; a write of more than 1 MiB is several groups. What is not known is
 * how far the log goes after a crash: {@link #settle} finds out and begins anew from there.
 */
final class History {

  /** What the oracles throw. */
  static final class OracleViolation extends AssertionError {
    private static final long serialVersionUID = 1L;

    OracleViolation(String message) {
      super(message);
    }
  }

  private static final int GROUP_CELLS = (1 << 20) / Stamp.BYTES;

  private final Cells cells;
  private final long[] base;
  private final long[] completed;
  private final long[] newestZero;
  private final long[] completedOfVolume;
  private final List<Change> changes = new ArrayList<>();
  private final List<Change> survivors = new ArrayList<>();
  private long sequence;
  private long settled;
  private long durableFloor;
  private long cachedFloor;
  private boolean cacheLost;
  private boolean acknowledgedMayBeLost;
  private boolean refusalsUnknown;

  /** A resource of zeros. */
  History(Cells cells) {
    this.cells = cells;
    this.base = new long[cells.count()];
    this.completed = new long[cells.count()];
    this.newestZero = new long[cells.count()];
    this.completedOfVolume = new long[cells.volumes()];
  }

  Cells cells() {
    return cells;
  }

  /** The sequence number of the newest change. */
  long sequence() {
    return sequence;
  }

  /** Something is asked for, next in the order of the log; its groups have ascending numbers. */
  Operation submit(Operation.Kind kind, int from, int to, boolean durable) {
    Operation operation = new Operation(kind, cells.volumeOf(from), durable, sequence + 1);
    boolean zero = kind == Operation.Kind.UNMAP;
    int step = kind == Operation.Kind.WRITE ? GROUP_CELLS : to - from;
    for (int at = from; at < to; at += step) {
      int end = Math.min(to, at + step);
      changes.add(new Change(++sequence, at, end, zero, operation));
      if (zero) {
        Arrays.fill(newestZero, at, end, sequence);
      }
    }
    operation.extendTo(sequence);
    return operation;
  }

  /**
   * The sequence number with which {@code cell}, a part of the operation from {@code from} on, is
   * stamped.
   */
  static long stampOf(Operation operation, int from, int cell) {
    return operation.firstSequence() + (cell - from) / GROUP_CELLS;
  }

  /** GOOD was returned. */
  void good(Operation operation, int from, int to) {
    operation.ended(Operation.Progress.GOOD);
    for (int cell = from; cell < to; cell++) {
      long stamp =
          operation.kind() == Operation.Kind.WRITE
              ? stampOf(operation, from, cell)
              : operation.firstSequence();
      completed[cell] = Math.max(completed[cell], stamp);
    }
    int volume = operation.volume();
    completedOfVolume[volume] = Math.max(completedOfVolume[volume], operation.lastSequence());
    promise(operation.lastSequence(), operation.isDurable());
  }

  private void promise(long upTo, boolean durable) {
    cachedFloor = Math.max(cachedFloor, upTo);
    if (durable) {
      durableFloor = Math.max(durableFloor, upTo);
    }
  }

  /** What a flush that begins now will cover. */
  long flushable(int volume) {
    return completedOfVolume[volume];
  }

  /** A flush has ended with GOOD. */
  void flushed(long covered) {
    promise(covered, true);
  }

  /** What a read of these cells that begins now must not fall behind. */
  long[] floors(int from, int to) {
    return Arrays.copyOfRange(completed, from, to);
  }

  /**
   * A read has returned these versions. {@code durable} says whether the volume shows only what is
   * on stable storage.
   */
  void checkRead(int from, long[] versions, long[] floors, boolean durable) {
    for (int i = 0; i < versions.length; i++) {
      checkCell(from + i, versions[i], floors[i]);
      if (versions[i] > settled) {
        completed[from + i] = Math.max(completed[from + i], versions[i]);
        promise(versions[i], durable);
      }
    }
  }

  private void checkCell(int cell, long version, long floor) {
    boolean unchanged = floor == 0 && version == base[cell];
    boolean newer =
        version == 0
            ? newestZero[cell] >= Math.max(floor, 1)
            : version > settled && version >= floor;
    if (!unchanged && !newer) {
      throw new OracleViolation(
          "a read of %s gave version %d; it was %d at the start, then %d was complete"
              .formatted(cells.name(cell), version, base[cell], floor));
    }
  }

  /** The process was killed, or the power failed, or un-synced data was dropped otherwise. */
  void crashed(boolean loseCache) {
    cacheLost |= loseCache;
  }

  /** The log disk does what nobody can notice in every case: acknowledged changes may be gone. */
  void excuseLoss() {
    acknowledgedMayBeLost = true;
  }

  /** Space was short: an operation without an answer may have been refused before it was logged. */
  void doubtRefusals() {
    refusalsUnknown = true;
  }

  private long promised() {
    if (acknowledgedMayBeLost) {
      return settled;
    }
    return cacheLost ? durableFloor : cachedFloor;
  }

  /** Everything that may be in the log, in its order. */
  private List<Change> order(long[] observed) {
    Set<Long> seen = new HashSet<>();
    if (refusalsUnknown) {
      for (long version : observed) {
        seen.add(version);
      }
    }
    return changes.stream().filter(change -> isLogged(change.operation(), seen)).toList();
  }

  private boolean isLogged(Operation operation, Set<Long> seen) {
    return switch (operation.progress()) {
      case GOOD, FAILED -> true;
      case REFUSED -> false;
      case PENDING ->
          !refusalsUnknown || operation.kind() != Operation.Kind.WRITE || isSeen(operation, seen);
    };
  }

  private static boolean isSeen(Operation operation, Set<Long> seen) {
    for (long s = operation.firstSequence(); s <= operation.lastSequence(); s++) {
      if (seen.contains(s)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The resource was opened and everything it holds was read: that must be one prefix of the order
   * of changes, and hold everything that was promised. From now on it is what everything begins
   * from.
   */
  void settle(long[] observed) {
    List<Change> order = order(observed);
    int length = explain("after recovery", new Explanation(base, order, observed), promised());
    survivors.addAll(order.subList(0, length));
    System.arraycopy(observed, 0, base, 0, base.length);
    changes.clear();
    Arrays.fill(completed, 0);
    Arrays.fill(newestZero, 0);
    Arrays.fill(completedOfVolume, 0);
    settled = sequence;
    durableFloor = sequence;
    cachedFloor = sequence;
    cacheLost = false;
    refusalsUnknown = false;
  }

  /**
   * The disks alone must be a prefix of everything that ever got through, however old; the state is
   * not on them. {@code complete} says whether they must have everything acknowledged.
   */
  void checkDisks(String when, long[] observed, boolean complete) {
    List<Change> order = new ArrayList<>(survivors);
    order.addAll(order(observed));
    Explanation explanation = new Explanation(new long[base.length], order, observed);
    explain(when, explanation, complete ? cachedFloor : 0);
  }

  /** The longest prefix that explains it; a violation if there is none or it is too short. */
  private int explain(String when, Explanation explanation, long floor) {
    int length = explanation.longest();
    if (length < 0) {
      int best = explanation.best();
      throw new OracleViolation(
          "%s no prefix explains what is there; best is %s: %s"
              .formatted(when, explanation.at(best), explanation.contradictions(best, cells)));
    }
    int needed = explanation.lengthUpTo(floor);
    if (length < needed) {
      throw new OracleViolation(
          "%s acknowledged changes are gone: the log ends at %s, promised was %s: %s"
              .formatted(
                  when,
                  explanation.at(length),
                  explanation.at(needed),
                  explanation.contradictions(needed, cells)));
    }
    return length;
  }
}
