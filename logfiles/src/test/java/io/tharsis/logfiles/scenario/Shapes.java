package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.volume.WriteCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Draws resources of all shapes, and the trouble they will have. */
final class Shapes {

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  private Shapes() {}

  static Machine.Shape random(SimRandom random) {
    List<Integer> volumes = new ArrayList<>();
    List<WriteCache> caches = new ArrayList<>();
    int count = 1 + random.below(3);
    double durable = random.chance(0.3) ? 0 : 0.5;
    for (int i = 0; i < count; i++) {
      volumes.add(random.chance(0.15) ? 4 * MIB : (int) random.between(64, 2048) * KIB);
      caches.add(random.chance(durable) ? WriteCache.DURABLE : WriteCache.FLUSH);
    }
    return new Machine.Shape(limits(random), new Cells(volumes), caches);
  }

  private static LogLimits limits(SimRandom random) {
    int batch = 2 * MIB;
    long logfile = 4L * batch;
    return new LogLimits(
        logfile,
        4,
        logfile * random.between(4, 6),
        batch,
        (64L * KIB) << random.below(9),
        batch * (1 + random.below(2)),
        random.chance(0.3) ? 32L * KIB : 4L * MIB,
        Duration.ofMillis(1L << random.below(8)),
        Duration.ofMillis(1L << random.below(8)),
        (64L * KIB) << random.below(7),
        (16 * KIB) << random.below(3));
  }

  /**
   * Nothing but crashes, or a few kinds of trouble, of which at most one damages what is stored.
   */
  static Set<Trouble> troubles(SimRandom random) {
    Set<Trouble> chosen = EnumSet.noneOf(Trouble.class);
    if (random.chance(0.25)) {
      return chosen;
    }
    List<Trouble> harmless =
        Stream.of(Trouble.values()).filter(trouble -> !trouble.isDamage()).toList();
    for (int i = random.below(4); i >= 0; i--) {
      chosen.add(harmless.get(random.below(harmless.size())));
    }
    if (random.chance(0.3)) {
      List<Trouble> damage = Stream.of(Trouble.values()).filter(Trouble::isDamage).toList();
      chosen.add(damage.get(random.below(damage.size())));
    }
    return chosen;
  }
}
