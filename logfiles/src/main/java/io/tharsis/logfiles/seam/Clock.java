package io.tharsis.logfiles.seam;

import java.time.Duration;

/** Time for one owner. */
public interface Clock {

  /** A running timer. */
  interface Timer {
    /** The message will not run any more, unless it has already begun. Idempotent. */
    void cancel();
  }

  /** Monotonic nanoseconds from an arbitrary origin; never decreases. */
  long monotonicNanos();

  /** Milliseconds since 1970-01-01 UTC as the host believes; may jump. */
  long wallMillis();

  /** Posts {@code message} to the owner once {@code delay} has passed. */
  Timer after(Duration delay, Runnable message);
}
