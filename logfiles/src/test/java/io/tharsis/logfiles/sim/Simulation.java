package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * One run of a simulated world: a seed, a virtual time and one queue of events, executed one after
 * the other by whoever calls a {@code run} method. Everything in it belongs to that thread.
 *
 * <p>Events run in the order of their time, equal times in the order of scheduling. Each executed
 * event is folded into {@link #eventHash}, so two runs with an equal hash did the same things in
 * the same order. Whatever an event throws fails the run, with the seed in the message.
 */
public final class Simulation {

  /** Longest time a posted message takes to its owner. */
  static final long POST_JITTER_NANOS = 5_000;

  /** An event that throws, or a run that does not end; the message has the seed. */
  public static final class Failure extends AssertionError {
    private static final long serialVersionUID = 1L;

    Failure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Something that happens at a time unless it has become pointless by then. */
  record Event(
      long atNanos, long sequence, String label, BooleanSupplier pending, Runnable action) {}

  private final long seed;
  private final SimRandom random;
  private final SimRandom jitter;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>((a, b) ->
          a.atNanos() != b.atNanos()
              ? Long.compare(a.atNanos(), b.atNanos())
              : Long.compare(a.sequence(), b.sequence()));
  private final Map<String, SimHost> hosts = new LinkedHashMap<>();
  private long nowNanos;
  private long sequence;
  private long steps;
  private long hash;

  /** A world in which nothing has happened yet. */
  public Simulation(long seed) {
    this.seed = seed;
    this.random = new SimRandom(seed);
    this.jitter = random.fork("jitter");
    this.hash = SimRandom.mix(seed);
  }

  /** What everything random in this run derives from. */
  public long seed() {
    return seed;
  }

  /** Random numbers for one purpose, for instance of a test's workload. */
  public SimRandom random(String purpose) {
    return random.fork(purpose);
  }

  /** The host of that name; made when first asked for. */
  public SimHost host(String name) {
    return hosts.computeIfAbsent(name, made -> new SimHost(this, made));
  }

  /** Virtual nanoseconds since the start of the run. */
  public long nowNanos() {
    return nowNanos;
  }

  /** Events executed so far. */
  public long steps() {
    return steps;
  }

  /** A digest of all executed events in their order. */
  public long eventHash() {
    return hash;
  }

  /** Folds an observation into the event hash. */
  public void observe(String what, long value) {
    hash = SimRandom.mix(hash ^ what.hashCode());
    hash = SimRandom.mix(hash ^ value);
  }

  /** Lets something happen in the world after a delay; it is bound to no owner. */
  public void schedule(Duration delay, String label, Runnable action) {
    schedule(delay.toNanos(), label, () -> true, action);
  }

  void schedule(long delayNanos, String label, BooleanSupplier pending, Runnable action) {
    Invariant.check(delayNanos >= 0, "delay of an event", delayNanos);
    scheduleAt(nowNanos + delayNanos, label, pending, action);
  }

  void scheduleAt(long atNanos, String label, BooleanSupplier pending, Runnable action) {
    queue.add(new Event(atNanos, sequence++, label, pending, action));
  }

  long postJitterNanos() {
    return jitter.below(POST_JITTER_NANOS);
  }

  /** Runs until nothing is left to do; fails after {@code stepLimit} events. */
  public void runUntilIdle(long stepLimit) {
    long end = steps + stepLimit;
    while (step(Long.MAX_VALUE)) {
      checkSteps(end, stepLimit);
    }
  }

  /** Runs until the condition holds; fails if nothing is left or after {@code stepLimit} events. */
  public void runUntil(BooleanSupplier condition, long stepLimit) {
    long end = steps + stepLimit;
    while (!condition.getAsBoolean()) {
      if (!step(Long.MAX_VALUE)) {
        throw failure("idle, and the condition does not hold", new IllegalStateException());
      }
      checkSteps(end, stepLimit);
    }
  }

  /** Runs what happens within a time, and lets that time pass. */
  public void runFor(Duration time) {
    long end = nowNanos + time.toNanos();
    while (step(end)) {
      // each step is the work
    }
    nowNanos = end;
  }

  /** Runs at most that many events, for instance to crash somewhere; says how many it ran. */
  public long runSteps(long count) {
    long ran = 0;
    while (ran < count && step(Long.MAX_VALUE)) {
      ran++;
    }
    return ran;
  }

  private void checkSteps(long end, long stepLimit) {
    if (steps > end) {
      throw failure("not done after " + stepLimit + " events", new IllegalStateException());
    }
  }

  private boolean step(long untilNanos) {
    while (!queue.isEmpty() && !queue.peek().pending().getAsBoolean()) {
      queue.remove();
    }
    if (queue.isEmpty() || queue.peek().atNanos() > untilNanos) {
      return false;
    }
    Event event = queue.remove();
    nowNanos = event.atNanos();
    steps++;
    observe(event.label(), nowNanos);
    try {
      event.action().run();
    } catch (Failure e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw failure("event " + event.label(), e);
    }
    return true;
  }

  private Failure failure(String what, Throwable cause) {
    return new Failure(
        "seed " + seed + ", step " + steps + ", " + nowNanos + " ns: " + what + ": " + cause,
        cause);
  }
}
