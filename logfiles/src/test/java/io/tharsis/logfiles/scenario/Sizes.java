package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.sim.SimRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * How large the volumes of a machine are: some begin small and grow, up to what the cells say. What
 * is on the disk beyond a volume's end is of no interest.
 */
final class Sizes {

  private static final int UNIT = Stamp.BYTES;
  private static final long SMALLEST = 64 << 10;

  private static final double SELDOM = 0.03;
  private static final double OFTEN = 0.3;

  private final Cells cells;
  private final double chance;
  private final List<Long> first = new ArrayList<>();
  private final List<Long> promised = new ArrayList<>();
  private final List<Long> told = new ArrayList<>();
  private final List<Boolean> devices = new ArrayList<>();

  private Sizes(Cells cells, double chance) {
    this.cells = cells;
    this.chance = chance;
  }

  private void add(long firstBytes, boolean device) {
    first.add(firstBytes);
    promised.add(firstBytes);
    told.add(firstBytes);
    devices.add(device);
  }

  /** Files and devices of which some begin small. */
  static Sizes growing(Cells cells, SimRandom random) {
    Sizes sizes = new Sizes(cells, SELDOM);
    for (int bytes : cells.volumeBytes()) {
      long small =
          Math.min(bytes, SMALLEST + random.below(Math.max(1, bytes / 2)) / UNIT * (long) UNIT);
      sizes.add(random.chance(0.7) ? small : bytes, random.chance(0.3));
    }
    return sizes;
  }

  /** All begin small and grow all the time, a file and a device in turn. */
  static Sizes eager(Cells cells) {
    Sizes sizes = new Sizes(cells, OFTEN);
    for (int volume = 0; volume < cells.volumes(); volume++) {
      sizes.add(cells.volumeBytes().get(volume) / 4, volume % 2 == 1);
    }
    return sizes;
  }

  /** The same volumes at another machine, on disks of other kinds. */
  Sizes elsewhere(SimRandom random) {
    Sizes sizes = new Sizes(cells, chance);
    first.forEach(bytes -> sizes.add(bytes, random.chance(0.3)));
    return sizes;
  }

  /** How often a volume is made larger before an operation. */
  double chance() {
    return chance;
  }

  long first(int volume) {
    return first.get(volume);
  }

  long full(int volume) {
    return cells.volumeBytes().get(volume);
  }

  boolean isDevice(int volume) {
    return devices.get(volume);
  }

  /** The volume has been said to be so large. */
  void tell(int volume, long bytes) {
    told.set(volume, Math.max(told.get(volume), bytes));
  }

  long told(int volume) {
    return told.get(volume);
  }

  /** Growing to that size was acknowledged. */
  void promise(int volume, long bytes) {
    promised.set(volume, Math.max(promised.get(volume), bytes));
  }

  /** What has been acknowledged must be there. */
  void check(int volume, long bytes) {
    if (bytes < promised.get(volume)) {
      throw new History.OracleViolation(
          "volume %d has %d bytes, %d were acknowledged"
              .formatted(volume, bytes, promised.get(volume)));
    }
  }

  /** A larger size for a volume that has {@code bytes} and can still grow. */
  long larger(int volume, long bytes, SimRandom random) {
    long left = (full(volume) - bytes) / UNIT;
    return random.chance(0.3) ? full(volume) : bytes + (1 + random.below(left)) * UNIT;
  }
}
