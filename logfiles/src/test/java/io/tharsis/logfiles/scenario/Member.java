package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceListener;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One of the machines of a {@link HandoverScenario}: what it is to be, which outlives its process,
 * and what it has open for that.
 */
final class Member {

  /** What a member is to be, durably. */
  sealed interface Deed {
    /** The primary, perhaps as somebody's successor. */
    record Primary(Optional<Succession> succession) implements Deed {}

    /** A secondary. */
    record Secondary() implements Deed {}
  }

  private final Machine machine;
  private Deed deed;
  private Optional<Life> life = Optional.empty();
  private Optional<FollowingResource> follower = Optional.empty();
  private Optional<ReadableLog> log = Optional.empty();
  private boolean opening;
  private boolean written;
  private long durableLsn;

  Member(Machine machine, Deed deed, LongSupplier needed) {
    this.machine = machine;
    this.deed = deed;
    machine.listener(
        new ResourceListener() {
          @Override
          public void begun(ReadableLog begun) {
            log = Optional.of(begun);
            begun.retainFrom(needed.getAsLong());
          }
        });
  }

  Machine machine() {
    return machine;
  }

  Deed deed() {
    return deed;
  }

  void become(Deed next) {
    deed = next;
  }

  boolean isPrimary() {
    return deed instanceof Deed.Primary;
  }

  /** It serves as primary, or will. */
  Optional<Life> life() {
    return life;
  }

  Optional<LoggedResource> serving() {
    return life.flatMap(Life::serving);
  }

  Optional<FollowingResource> follower() {
    return follower;
  }

  /** Whatever it has open. */
  Optional<ReadableLog> log() {
    return log;
  }

  /** Up to where it is known to have the log, for ever. */
  long durableLsn() {
    return durableLsn;
  }

  void isDurable(long lsn) {
    durableLsn = Math.max(durableLsn, lsn);
  }

  boolean isClosed() {
    return life.isEmpty() && follower.isEmpty() && !opening;
  }

  /** Runs on its owner, if its process does not end before. */
  void tell(Runnable what) {
    machine.host().owner().execute(what);
  }

  /**
   * Whether it may have log that is in the page cache only: not before it has served, and a kill
   * leaves it there. Whoever hands the role over has nothing like that.
   */
  boolean hasWritten() {
    written |= life.filter(Life::isSettled).isPresent();
    return written;
  }

  /** It lives as primary from now on. */
  void live(Life next) {
    life = Optional.of(next);
    follower = Optional.empty();
    opening = false;
  }

  /** It has begun to change its role. */
  void change() {
    opening = true;
    written = false;
    life.ifPresent(Life::leave);
    life = Optional.empty();
    follower = Optional.empty();
  }

  void follows(FollowingResource resource) {
    follower = Optional.of(resource);
    opening = false;
  }

  void open(LogStart start, List<Long> bytes) {
    opening = true;
    int incarnation = machine.host().incarnation();
    machine
        .follow(start, bytes)
        .observe(
            this::follows,
            cause -> {
              if (incarnation == machine.host().incarnation()) {
                throw wrong("a secondary does not open", cause);
              }
            });
  }

  static History.OracleViolation wrong(String what, IOException cause) {
    return new History.OracleViolation(what + ": " + cause);
  }

  void crash(boolean power) {
    written = hasWritten();
    life = Optional.empty();
    follower = Optional.empty();
    log = Optional.empty();
    opening = false;
    if (power) {
      machine.host().powerFail();
    } else {
      machine.host().kill();
    }
  }

  /** How it is doing, for people. */
  String words() {
    String role = deed.getClass().getSimpleName();
    return machine.host().name()
        + " "
        + role
        + ": "
        + follower
            .map(resource -> resource.status().toString())
            .or(() -> life.map(Life::words))
            .orElse("not open");
  }
}
