package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimLatency;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A log is written on one host and received on another, and either may crash at any event: what the
 * receiver has is always, byte for byte, a beginning of what the writer had made durable; it never
 * loses what it acknowledged; and when everything heals it catches up.
 */
final class ShippingTest {

  private static final String GATE = "1-150";
  private static final long PATIENCE_EVENTS = 300_000;
  private static final long STRIDE = 6;
  private static final SimLatency SLOW =
      new SimLatency(Duration.ofNanos(100_000), Duration.ofMillis(4));

  /** Short logfiles take as much space as long ones, and nobody is given up here. */
  private static final LogLimits ROOMY = TestLog.LIMITS.withMaxLogBytes(512L << 20);

  /** Two crashes, one soon after the other; empty for a kill of the process. */
  private record Way(String name, Optional<CrashMode> first, Optional<CrashMode> second) {}

  /** Both hosts and the wire between them. */
  private static final class World {
    final Simulation simulation;
    final ShippingBook book = new ShippingBook();
    final ShippingSource source;
    final ShippingTarget target;

    World(long seed, int largestGroup, ShippingTarget.Habits habits) {
      simulation = new Simulation(seed);
      source = new ShippingSource(simulation, ROOMY, largestGroup);
      target = new ShippingTarget(simulation, ROOMY, source, book, habits);
    }

    void open() {
      source.open();
      target.open();
    }

    void crash(SimHost host, Optional<CrashMode> power) {
      power.ifPresent(mode ->
          host.directory("log")
              .files()
              .forEach(file -> host.directory("log").medium(file).crashMode(mode)));
      if (power.isPresent()) {
        host.powerFail();
      } else {
        host.kill();
      }
      if (host == source.host()) {
        source.open();
      } else {
        target.open();
      }
    }

    void heal() {
      for (String file : target.directory().files()) {
        target.directory().medium(file).faults().heal();
        target.directory().medium(file).unstick();
      }
      target.directory().faults().heal();
      target.host().space().removeForeign();
    }

    boolean isConverged() {
      Optional<Long> end = source.quietEnd();
      return target.isRefused()
          || (end.isPresent()
              && target
                  .log()
                  .filter(log -> log.marks().durable() == end.get() && log.isIdle())
                  .isPresent());
    }

    void converge() {
      simulation.runUntil(this::isConverged, PATIENCE_EVENTS);
      if (!target.isRefused()) {
        target.checkBytes(target.log().orElseThrow());
      }
    }
  }

  @Test
  void seeds() {
    String range = System.getProperty("tharsis.seeds", GATE);
    int dash = range.indexOf('-');
    long from = Long.parseLong(range.substring(0, dash));
    long to = Long.parseLong(range.substring(dash + 1));
    int refused = 0;
    int flipped = 0;
    for (long seed = from; seed <= to; seed++) {
      World world = run(seed);
      refused += world.target.isRefused() ? 1 : 0;
      flipped += world.target.flipped();
    }
    if (to - from > 50) {
      assertThat(refused).as("seeds that end in a refusal").isLessThan((int) (to - from) / 8);
      assertThat(flipped).as("flipped bits").isGreaterThan((int) (to - from) / 3);
    }
  }

  /** The same seed does the same things. */
  @Test
  void aSeedCanBeRepeated() {
    for (long seed : List.of(3L, 17L, 40L)) {
      assertThat(run(seed).simulation.eventHash()).isEqualTo(run(seed).simulation.eventHash());
    }
  }

  private static World run(long seed) {
    try {
      return runNow(seed);
    } catch (AssertionError failure) {
      throw new AssertionError(
          "seed %d: %s, again with -Dtharsis.seeds=%d-%d"
              .formatted(seed, failure.getMessage(), seed, seed),
          failure);
    }
  }

  private static World runNow(long seed) {
    SimRandom random = new SimRandom(seed).fork("shipping");
    ShippingTarget.Habits habits =
        new ShippingTarget.Habits(
            random.chance(0.5) ? 0.1 : 0,
            4096 << random.below(9),
            random.chance(0.7) ? SLOW : SimLatency.FAST);
    World world = new World(seed, random.chance(0.5) ? 16 : 2, habits);
    world.open();
    int rounds = (int) random.between(2, 7);
    for (int round = 0; round < rounds && !world.target.isRefused(); round++) {
      world.source.act((int) random.between(1, 60));
      if (random.chance(0.4)) {
        trouble(world, random);
      }
      world.simulation.runSteps(random.below(1L << random.between(4, 12)));
      world.heal();
      switch (random.below(6)) {
        case 0, 1 -> world.crash(world.source.host(), power(random));
        case 2, 3 -> world.crash(world.target.host(), power(random));
        case 4 -> {
          world.crash(world.target.host(), power(random));
          world.crash(world.source.host(), power(random));
        }
        default -> world.source.restart();
      }
    }
    world.heal();
    world.source.act(10);
    if (world.target.isDamaged()) {
      // Damage comes to light when the log is opened.
      world.crash(world.target.host(), Optional.empty());
    }
    world.converge();
    return world;
  }

  private static Optional<CrashMode> power(SimRandom random) {
    List<CrashMode> modes = List.of(CrashMode.values());
    int mode = random.below(modes.size() + 2);
    return mode < modes.size() ? Optional.of(modes.get(mode)) : Optional.empty();
  }

  /** Something goes wrong at the receiver; some of it is damage that may not be made good. */
  private static void trouble(World world, SimRandom random) {
    List<SimMedium> logfiles = files(world, "log-");
    switch (random.below(9)) {
      case 0 -> logfiles.forEach(file -> file.faults().chance(Fault.WRITE_ERROR, 0.1));
      case 1 -> logfiles.forEach(file -> file.faults().chance(Fault.SYNC_ERROR, 0.1));
      case 2 -> logfiles.forEach(file -> file.faults().chance(Fault.READ_ERROR, 0.1));
      case 3 -> {
        for (Fault fault :
            List.of(Fault.CREATE_ERROR, Fault.RENAME_ERROR, Fault.DIRECTORY_SYNC_ERROR)) {
          world.target.directory().faults().chance(fault, 0.3);
        }
      }
      case 4 -> world.target.host().space().fillAllBut(random.below(1L << 20));
      case 5 ->
          files(world, "checkpoint").forEach(file -> file.faults().chance(Fault.WRITE_ERROR, 0.3));
      case 6 -> damage(world, logfiles, file -> file.faults().next(Fault.LOST_WRITE));
      case 7 -> damage(world, logfiles, file -> file.faults().next(Fault.MISDIRECTED_WRITE));
      default ->
          damage(
              world,
              logfiles,
              file -> {
                file.rot(new Range(0, file.sizeBytes() >>> random.below(10)));
                file.dropCache();
              });
    }
  }

  private static void damage(World world, List<SimMedium> logfiles, Consumer<SimMedium> what) {
    if (!logfiles.isEmpty()) {
      world.target.damage();
      what.accept(logfiles.getLast());
    }
  }

  private static List<SimMedium> files(World world, String prefix) {
    return world.target.directory().files().stream()
        .filter(name -> name.startsWith(prefix))
        .map(world.target.directory()::medium)
        .toList();
  }

  /**
   * Events of one short life of both, in every way, at either host: others for each way, and every
   * single one with {@code -Dtharsis.stride=1}.
   */
  @TestFactory
  Stream<DynamicTest> everyEventIsACrashPoint() {
    List<Way> ways = new ArrayList<>();
    ways.add(new Way("killed twice", Optional.empty(), Optional.empty()));
    for (CrashMode mode : CrashMode.values()) {
      ways.add(new Way("power fails, " + mode, Optional.of(mode), Optional.of(mode)));
    }
    // What was only in the page cache survives the one and not the other.
    ways.add(new Way("killed, then power fails", Optional.empty(), Optional.of(CrashMode.NOTHING)));
    List<DynamicTest> sweeps = new ArrayList<>();
    for (Way way : ways) {
      for (boolean source : new boolean[] {true, false}) {
        long first = sweeps.size();
        String name = (source ? "source, " : "target, ") + way.name();
        sweeps.add(DynamicTest.dynamicTest(name, () -> sweep(way, source, first)));
      }
    }
    return sweeps.stream();
  }

  private static void sweep(Way way, boolean source, long first) {
    World undisturbed = shortLife();
    finish(undisturbed);
    long events = undisturbed.simulation.steps();
    assertThat(events).isBetween(200L, 20_000L);
    long stride = Long.getLong("tharsis.stride", STRIDE);
    for (long crash = first % stride; crash < events; crash += stride) {
      World world = shortLife();
      try {
        world.simulation.runSteps(crash);
        SimHost host = source ? world.source.host() : world.target.host();
        world.crash(host, way.first());
        world.simulation.runSteps(crash % 97);
        world.crash(host, way.second());
        finish(world);
      } catch (AssertionError failure) {
        throw new AssertionError("after event " + crash, failure);
      }
    }
  }

  private static World shortLife() {
    World world = new World(4711, 2, new ShippingTarget.Habits(0, 16 << 10, SLOW));
    world.open();
    world.source.act(12);
    return world;
  }

  private static void finish(World world) {
    world.simulation.runFor(Duration.ofMillis(30));
    world.source.restart();
    world.simulation.runFor(Duration.ofMillis(30));
    world.source.act(4);
    world.converge();
  }
}
