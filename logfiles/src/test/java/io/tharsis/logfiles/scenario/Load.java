package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.sim.SimRandom;
import java.util.List;

/**
 * What kind of work an initiator does.
 *
 * @param operations how many operations in one life
 * @param depth how many of them at a time
 * @param sizeBits how large: up to two to that power of blocks, mostly less
 * @param mix how often each is done
 * @param habits how often writes are forced and work pauses
 * @param hot whether most of it goes to a few places
 */
record Load(int operations, int depth, int sizeBits, Mix mix, boolean hot, Habits habits) {

  /** What is done next. */
  enum Deed {
    WRITE,
    READ,
    UNMAP,
    FLUSH,
    STATE
  }

  /** Shares of the deeds; what is missing to a hundred are state changes. */
  record Mix(int writes, int reads, int unmaps, int flushes) {

    private static final List<Mix> ALL =
        List.of(
            new Mix(60, 25, 5, 5),
            new Mix(90, 5, 2, 2),
            new Mix(30, 60, 4, 4),
            new Mix(40, 20, 30, 8));

    /** Nothing in it waits for stable storage, where there is a write cache. */
    private static final Mix LAZY = new Mix(80, 18, 2, 0);

    Deed draw(SimRandom random) {
      int drawn = random.below(100);
      if (drawn < writes) {
        return Deed.WRITE;
      }
      if (drawn < writes + reads) {
        return Deed.READ;
      }
      if (drawn < writes + reads + unmaps) {
        return Deed.UNMAP;
      }
      return drawn < writes + reads + unmaps + flushes ? Deed.FLUSH : Deed.STATE;
    }
  }

  /** How often a write is forced to stable storage, and how often there is a pause. */
  record Habits(double force, double pause) {

    private static Habits random(SimRandom random) {
      return new Habits(random.chance(0.5) ? 0.1 : 0, random.chance(0.5) ? 0.01 : 0.1);
    }
  }

  /** {@code cached} says whether no write needs stable storage of its own accord. */
  static Load random(SimRandom random, boolean cached) {
    return random.chance(cached ? 0.6 : 0.1) ? lazy(random) : busy(random);
  }

  private static Load lazy(SimRandom random) {
    return new Load(40, 4, random.below(6), Mix.LAZY, random.chance(0.5), new Habits(0, 0.1));
  }

  private static Load busy(SimRandom random) {
    int sizeBits = random.chance(0.15) ? 12 : random.below(8);
    int operations = (int) random.between(5, sizeBits > 8 ? 60 : 300);
    Mix mix = Mix.ALL.get(random.below(Mix.ALL.size()));
    return new Load(
        operations, 1 << random.below(7), sizeBits, mix, random.chance(0.5), Habits.random(random));
  }

  /** A length in blocks, at most {@code limit}. */
  int blocks(SimRandom random, int limit) {
    int most = 1 << random.below(sizeBits + 1);
    return Math.min(limit, 1 + random.below(Math.max(1, most + most / 2)));
  }

  /** A first block for a range of that length on a volume of {@code blocks} blocks. */
  int place(SimRandom random, int blocks, int length) {
    int places = blocks - length + 1;
    int reach = hot && random.chance(0.8) ? Math.max(1, places / 32) : places;
    return random.below(reach);
  }
}
