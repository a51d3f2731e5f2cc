package io.tharsis.replication.member;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything that was written to a volume, in order, and whether a content is a moment of that. */
final class Ledger {

  /** Cells that were written at once. */
  private record Write(long stamp, int from, int to) {}

  private final int cells;
  private final List<Write> writes = new ArrayList<>();
  private long lastStamp;
  private long acknowledged;

  Ledger(int cells) {
    this.cells = cells;
  }

  /** A write of cells is submitted; its stamp. */
  long submitted(int from, int to) {
    writes.add(new Write(++lastStamp, from, to));
    return lastStamp;
  }

  void acknowledged(long stamp) {
    acknowledged = Math.max(acknowledged, stamp);
  }

  private static long newest(long[] content) {
    long newest = 0;
    for (long stamp : content) {
      newest = Math.max(newest, stamp);
    }
    return newest;
  }

  /** Says why a content is not one moment, if it is none. */
  Optional<String> objection(long[] content) {
    long newest = newest(content);
    long[] expected = new long[cells];
    boolean found = newest == 0;
    for (Write write : writes) {
      if (write.stamp() <= newest) {
        for (int cell = write.from(); cell < write.to(); cell++) {
          expected[cell] = write.stamp();
        }
        found |= write.stamp() == newest;
      }
    }
    if (!found) {
      return Optional.of("write " + newest + " never was");
    }
    for (int cell = 0; cell < cells; cell++) {
      if (expected[cell] != content[cell]) {
        return Optional.of(
            "with write %d there, cell %d has %d instead of %d"
                .formatted(newest, cell, content[cell], expected[cell]));
      }
    }
    return Optional.empty();
  }

  /** What the primary holds after a restart is what was written from now on. */
  Optional<String> restarted(long[] content) {
    Optional<String> objection = objection(content);
    long survived = newest(content);
    if (survived < acknowledged) {
      return Optional.of("write " + acknowledged + " was acknowledged, " + survived + " survived");
    }
    writes.removeIf(write -> write.stamp() > survived);
    return objection;
  }
}
