package io.tharsis.logfiles.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.WriteCache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One short life, from the creation of the resource to its end in order, crashed after every single
 * event of it, in every way; and the recovery after that, too, crashed after some of its events.
 */
class CrashPointsTest {

  private static final long SEED = 4711;
  private static final long PATIENCE_EVENTS = 100_000;
  private static final int SECOND_CRASH_STRIDE = 7;
  private static final Load LOAD =
      new Load(24, 8, 5, new Load.Mix(60, 10, 10, 10), true, new Load.Habits(0.1, 0.1));

  /** How the first crash happens; empty for a kill of the process. */
  private record Way(String name, Optional<CrashMode> power) {}

  @TestFactory
  Stream<DynamicTest> everyEventIsACrashPoint() {
    Stream<Way> cuts =
        Stream.of(CrashMode.values())
            .map(mode -> new Way("power fails, " + mode, Optional.of(mode)));
    return Stream.concat(Stream.of(new Way("process is killed", Optional.empty())), cuts)
        .map(way -> DynamicTest.dynamicTest(way.name(), () -> sweep(way)));
  }

  private static void sweep(Way way) {
    long events = new Run(way).events();
    assertThat(events).as("events of an undisturbed life").isBetween(200L, 5_000L);
    for (long crash = 0; crash < events; crash++) {
      try {
        new Run(way).crashAfter(crash, 1 + crash % SECOND_CRASH_STRIDE * 13);
      } catch (AssertionError failure) {
        throw new AssertionError("%s after event %d".formatted(way.name(), crash), failure);
      }
    }
  }

  /** A machine on which the one life happens. */
  private static final class Run {
    private final Simulation simulation = new Simulation(SEED);
    private final Machine machine;
    private final History history;
    private final Mischief none;
    private final Way way;

    Run(Way way) {
      this.way = way;
      Cells cells = new Cells(List.of(128 << 10, 64 << 10));
      LogLimits limits =
          new LogLimits(
              8L << 20,
              4,
              32L << 20,
              2 << 20,
              1L << 20,
              2 << 20,
              1L << 20,
              Duration.ofMillis(2),
              Duration.ofMillis(5),
              64L << 10,
              16 << 10);
      List<WriteCache> caches = List.of(WriteCache.FLUSH, WriteCache.DURABLE);
      Sizes sizes = Sizes.eager(cells);
      machine =
          new Machine(simulation, new Machine.Shape(limits, cells, caches), sizes, Wrapping.NONE);
      history = new History(cells);
      none = new Mischief(machine, history, simulation.random("no mischief"));
    }

    /** How many events the whole life takes. */
    long events() {
      live();
      return simulation.steps();
    }

    private Life begin() {
      Life life = new Life(machine, history, none, LOAD, true);
      life.begin();
      return life;
    }

    private void live() {
      Life life = begin();
      simulation.runUntil(() -> life.end().isPresent(), PATIENCE_EVENTS);
      life.check();
    }

    void crashAfter(long events, long eventsOfRecovery) {
      begin();
      simulation.runSteps(events);
      crash();
      begin();
      simulation.runSteps(eventsOfRecovery);
      crash();
      live();
      live();
    }

    private void crash() {
      way.power().ifPresent(this::keep);
      history.crashed(way.power().isPresent());
      if (way.power().isPresent()) {
        machine.host().powerFail();
      } else {
        machine.host().kill();
      }
    }

    private void keep(CrashMode mode) {
      machine.files("").forEach(file -> file.crashMode(mode));
      for (int volume = 0; volume < history.cells().volumes(); volume++) {
        SimMedium disk = machine.disk(volume);
        disk.crashMode(mode);
      }
    }
  }
}
