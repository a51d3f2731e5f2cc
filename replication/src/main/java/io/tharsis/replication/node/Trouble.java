package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Why a replica is not as it is to be, and when that is tried again. Belongs to its tenancy. */
final class Trouble {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private Optional<Refusal> words = Optional.empty();
  private long notBeforeNanos = Long.MIN_VALUE;
  private int failures;

  /** What to tell; empty if all is well. */
  Optional<Refusal> words() {
    return words;
  }

  /** A step has failed. */
  void met(IOException cause, Deed deed, long nowNanos) {
    words = Optional.of(refusalOf(cause, deed));
    failures++;
    long pause =
        Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(failures - 1, 10));
    notBeforeNanos = nowNanos + pause;
  }

  /** The replica is open. */
  void ended() {
    words = Optional.empty();
    failures = 0;
  }

  /** The next attempt is made a little later. */
  void pause(long nowNanos) {
    notBeforeNanos = nowNanos + FIRST_PAUSE.toNanos();
  }

  /** The next attempt may be made at once. */
  void hurry() {
    notBeforeNanos = Long.MIN_VALUE;
  }

  /** Whether another attempt may be made. */
  boolean mayTry(long nowNanos) {
    return nowNanos >= notBeforeNanos;
  }

  private static Refusal refusalOf(IOException cause, Deed deed) {
    return switch (cause) {
      case RefusedException refused -> refused.refusal();
      case LogDamage damage ->
          Refusal.forbidden(
              "log-damaged",
              "the log of %s cannot be used: %s".formatted(deed.name(), damage.getMessage()),
              deed.isPrimary()
                  ? "tharsis log verify on its directory; restore what is missing"
                  : "tharsis invalidate " + deed.name());
      default ->
          Refusal.host(
              "cannot-open",
              "resource %s: %s".formatted(deed.name(), cause.getMessage()),
              "mend what is named; it is tried again by itself");
    };
  }
}
