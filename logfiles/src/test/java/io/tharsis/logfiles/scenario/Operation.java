package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.seam.Invariant;

/** One thing an initiator asked for that changes something. Belongs to the {@link History}. */
final class Operation {

  /** What was asked for. */
  enum Kind {
    WRITE,
    UNMAP,
    STATE
  }

  /** What is known of it. */
  enum Progress {
    /** No answer yet: it may take effect or not. */
    PENDING,
    /** GOOD. */
    GOOD,
    /** Failed: it may take effect or not. */
    FAILED,
    /** Refused before it was logged: it takes no effect. */
    REFUSED
  }

  private final Kind kind;
  private final int volume;
  private final boolean durable;
  private final long firstSequence;
  private long lastSequence;
  private Progress progress = Progress.PENDING;

  /** {@code durable} says whether GOOD will mean that it is on stable storage. */
  Operation(Kind kind, int volume, boolean durable, long firstSequence) {
    this.kind = kind;
    this.volume = volume;
    this.durable = durable;
    this.firstSequence = firstSequence;
    this.lastSequence = firstSequence;
  }

  Kind kind() {
    return kind;
  }

  int volume() {
    return volume;
  }

  boolean isDurable() {
    return durable;
  }

  long firstSequence() {
    return firstSequence;
  }

  long lastSequence() {
    return lastSequence;
  }

  void extendTo(long sequence) {
    lastSequence = sequence;
  }

  Progress progress() {
    return progress;
  }

  void ended(Progress how) {
    Invariant.check(progress == Progress.PENDING, "an operation ends once", firstSequence);
    progress = how;
  }
}
