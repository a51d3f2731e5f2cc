package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;

/**
 * The way of a resource from serving to closed: operations end, the log is sealed, the disks catch
 * up, and then nothing is in flight any more. Belongs to its resource, which asks it to advance
 * whenever something has moved.
 */
final class ResourceClosing {

  /** How long the disks may take to catch up; the rest is applied at the next start. */
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

  /** What is brought to an end before the files are closed. */
  enum Ending {
    /** The log is sealed, and the disks catch up. */
    IN_ORDER,
    /** The log ends where it does, and the disks catch up. */
    FROZEN,
    /** Log and disks are left as if this was a crash. */
    AS_IT_IS
  }

  private enum Phase {
    /** Operations that were begun end. */
    FINISHING,
    /** The log is being sealed. */
    SEALING,
    /** The disks catch up. */
    DRAINING,
    /** The last run of the Applier ends. */
    HALTING,
    /** Nothing is in flight. */
    READY
  }

  private final Log log;
  private final Applier applier;
  private final Clock clock;
  private final Ending ending;
  private final Async<Void> ready = new Async<>();
  private final Async<Void> closed = new Async<>();
  private Phase phase = Phase.FINISHING;

  ResourceClosing(Log log, Applier applier, Clock clock, Ending ending) {
    this.log = log;
    this.applier = applier;
    this.clock = clock;
    this.ending = ending;
  }

  /** Succeeds when the files can be closed. */
  Async<Void> ready() {
    return ready;
  }

  /** Ends when the files are closed. */
  Async<Void> closed() {
    return closed;
  }

  /** Takes every step that can be taken now. */
  void advance(int inFlight) {
    Phase before;
    do {
      before = phase;
      phase =
          switch (phase) {
            case FINISHING -> inFlight == 0 ? seal() : phase;
            case SEALING -> log.isIdle() ? drain() : phase;
            case DRAINING -> log.marks().checkpoint() == log.marks().durable() ? halt() : phase;
            case HALTING -> applier.isActive() ? phase : Phase.READY;
            case READY -> phase;
          };
    } while (phase != before);
    if (phase == Phase.READY && !ready.isDone()) {
      ready.succeed(null);
    }
  }

  private Phase seal() {
    if (ending == Ending.IN_ORDER) {
      log.seal();
    }
    return Phase.SEALING;
  }

  private Phase drain() {
    if (ending == Ending.AS_IT_IS) {
      return halt();
    }
    clock.after(
        DRAIN_LIMIT,
        () -> {
          if (phase == Phase.DRAINING) {
            phase = halt();
            advance(0);
          }
        });
    applier.drain();
    return Phase.DRAINING;
  }

  private Phase halt() {
    applier.halt();
    return Phase.HALTING;
  }
}
