package io.tharsis.replication.trust;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test sets. */
final class SettableTime implements InstantSource {

  static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");

  private Instant now = BEGIN;

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  void set(Instant time) {
    now = time;
  }
}
