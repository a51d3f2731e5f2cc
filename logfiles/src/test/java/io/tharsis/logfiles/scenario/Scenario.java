package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/**
 * What one seed stands for: a resource of random shape under random load goes through several
 * lives, most of which end in a crash somewhere, with trouble of several kinds; then everything
 * heals, and it must converge.
 */
public final class Scenario {

  /** How a scenario ended well. */
  public enum Outcome {
    /** Everything acknowledged is there, and the disks hold what the model says. */
    CONVERGED,
    /** The log was damaged, that was noticed, and the resource does not open. */
    REFUSED
  }

  /**
   * A scenario that went through.
   *
   * @param outcome how it ended
   * @param lives how often the resource was opened, or tried to be
   * @param events how many events were simulated
   * @param eventHash digest of all of them
   */
  public record Result(Outcome outcome, int lives, long events, long eventHash) {}

  private static final long PATIENCE_EVENTS = 200_000;
  private static final int HEALED_LIVES = 5;

  private final SimRandom random;
  private final Simulation simulation;
  private final Machine machine;
  private final History history;
  private final Mischief mischief;
  private final Set<Trouble> troubles;
  private int lives;
  private boolean killed;

  Scenario(long seed, Wrapping wrapping) {
    this(seed, wrapping, Shapes::troubles);
  }

  Scenario(long seed, Wrapping wrapping, Function<SimRandom, Set<Trouble>> chosen) {
    this.simulation = new Simulation(seed);
    this.random = simulation.random("scenario");
    Machine.Shape shape = Shapes.random(simulation.random("shape"));
    Sizes sizes = Sizes.growing(shape.cells(), simulation.random("sizes"));
    this.machine = new Machine(simulation, shape, sizes, wrapping);
    this.history = new History(shape.cells());
    this.mischief = new Mischief(machine, history, simulation.random("mischief"));
    this.troubles = chosen.apply(simulation.random("troubles"));
  }

  /** Runs the scenario of a seed; what goes wrong is thrown, with the seed in its message. */
  public static Result run(long seed) {
    return new Scenario(seed, Wrapping.NONE).runOrTell();
  }

  /** Runs it; a failure tells what led to it. */
  Result runOrTell() {
    try {
      return run();
    } catch (RuntimeException | Error failure) {
      throw new AssertionError(
          "seed %d, life %d, trouble so far %s: %s"
              .formatted(simulation.seed(), lives, mischief.ever(), failure.getMessage()),
          failure);
    }
  }

  Result run() {
    int rounds = (int) random.between(2, 6);
    for (int round = 0; round < rounds; round++) {
      Life life = live(Load.random(random, machine.shape().isCached()), random.chance(0.2));
      prepareMischief();
      if (random.chance(0.25)) {
        runWholeLife(life);
      } else if (random.chance(killed ? 0.7 : 0.2)) {
        runPastRecovery(life);
      } else {
        runLife(life, random.below(1L << random.between(1, 14)));
      }
      if (!goesOn(life)) {
        return result(Outcome.REFUSED);
      }
      crash(life);
    }
    return converge();
  }

  private Life live(Load load, boolean catchUp) {
    lives++;
    Life life = new Life(machine, history, mischief, load, catchUp);
    life.begin();
    return life;
  }

  private void prepareMischief() {
    for (Trouble trouble : troubles) {
      if (random.chance(0.2)) {
        mischief.strike(trouble);
      } else if (random.chance(0.6)) {
        int life = machine.host().incarnation();
        Duration delay = Duration.ofNanos(random.below(1L << random.between(10, 26)));
        simulation.schedule(
            delay,
            "trouble",
            () -> {
              if (machine.host().incarnation() == life) {
                mischief.strike(trouble);
              }
            });
      }
    }
  }

  /** Lets a life go on for some events. */
  private void runLife(Life life, long events) {
    long left = events;
    while (left > 0 && life.end().isEmpty()) {
      long slice = Math.min(left, 100);
      simulation.runSteps(slice);
      left -= slice;
      life.check();
    }
  }

  /** Lets a life go on until what was recovered has been judged, and a little longer. */
  private void runPastRecovery(Life life) {
    long limit = simulation.steps() + PATIENCE_EVENTS;
    while (!life.isSettled() && life.end().isEmpty() && simulation.steps() < limit) {
      simulation.runSteps(1);
    }
    runLife(life, random.below(200));
  }

  /** Lets a life go on to its end, if need be by taking away what keeps it from that. */
  private void runWholeLife(Life life) {
    runLife(life, PATIENCE_EVENTS);
    mischief.heal();
    runLife(life, PATIENCE_EVENTS);
    if (life.end().isEmpty()) {
      throw new History.OracleViolation("a life does not end: " + life.words());
    }
  }

  /** What follows the end of a life; whether the resource can still be used. */
  private boolean goesOn(Life life) {
    return life.end()
        .map(end ->
            switch (end) {
              case Life.End.Closed closed -> true;
              case Life.End.NotOpened failed -> true;
              case Life.End.Refused refused -> isPoisoned(refused);
              case Life.End.Unreadable unreadable -> true;
            })
        .orElse(true);
  }

  private static boolean isPoisoned(Life.End end) {
    return end instanceof Life.End.Refused(LogDamage damage)
        && damage.code() == LogDamage.Code.POISONED;
  }

  private void crash(Life life) {
    boolean power = random.chance(killed ? 0.7 : 0.5);
    killed = !power;
    history.crashed(power);
    if (power) {
      machine.host().powerFail();
    } else {
      machine.host().kill();
    }
    checkDisksAlone();
    mischief.lifeEnded();
    if (life.end().filter(Scenario::isPoisoned).isPresent() && random.chance(0.7)) {
      clearPoison();
    }
  }

  /** Where the checkpoint says that the disks alone are a prefix, they must be. */
  private void checkDisksAlone() {
    boolean honest = !mischief.ever().contains(Trouble.CHECKPOINT_ROT);
    boolean prefix =
        machine
            .checkpoint()
            .map(Checkpoint::progress)
            .filter(Checkpoint.Progress::isPrefix)
            .isPresent();
    if (honest && prefix) {
      history.checkDisks("when it crashed", machine.disks(), false);
    }
  }

  /** The operator looks at what was found and clears the marker, if there is one. */
  private void clearPoison() {
    if (machine.checkpoint().isEmpty()) {
      return; // a resource that does not exist yet, or a damage that comes first
    }
    machine.poisonedLogfile().ifPresent(this::clearPoison);
  }

  private void clearPoison(String logfile) {
    Async<Void> cleared = machine.clearPoison(logfile);
    simulation.runUntil(cleared::isDone, PATIENCE_EVENTS);
    cleared
        .failure()
        .ifPresent(cause -> {
          throw new AssertionError("the poison marker stays", cause);
        });
  }

  private Result converge() {
    for (int life = 0; life < HEALED_LIVES; life++) {
      Load load = Load.random(random, machine.shape().isCached());
      Life last = live(load, true);
      runWholeLife(last);
      if (last.end().orElseThrow() instanceof Life.End.Closed) {
        return result(Outcome.CONVERGED);
      }
      if (!goesOn(last)) {
        return result(Outcome.REFUSED);
      }
      crash(last);
      clearPoison();
    }
    if (mischief.isDamaged()) {
      return result(Outcome.REFUSED);
    }
    throw new History.OracleViolation("it does not converge");
  }

  private Result result(Outcome outcome) {
    return new Result(outcome, lives, simulation.steps(), simulation.eventHash());
  }
}
