package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.wire.LinkClass;
import java.time.Duration;

/**
 * What links may take.
 *
 * @param times how long things may last
 * @param memory of one link
 * @param counts how many there may be
 */
public record LinkLimits(Times times, Memory memory, Counts counts) {

  private static final long VOLUME_ROOM_BYTES = 512 << 10;

  /** What a node uses unless it is told otherwise. */
  public static final LinkLimits STANDARD =
      new LinkLimits(
          new Times(
              Duration.ofSeconds(10),
              Duration.ofSeconds(4),
              Duration.ofSeconds(12),
              Duration.ofSeconds(2),
              Duration.ofSeconds(30)),
          new Memory(4 << 20, 16 << 20),
          new Counts(64, 16, 4096));

  /**
   * From how many unsent bytes on a link of this class has no room. Commands that are forwarded die
   * when they are old, and so do not join long queues.
   */
  long roomBytes(LinkClass linkClass) {
    return linkClass == LinkClass.VOLUME
        ? Math.min(memory.roomBytes(), VOLUME_ROOM_BYTES)
        : memory.roomBytes();
  }

  /**
   * How long things may last.
   *
   * @param greeting from the connection to the end of the greeting, TLS included
   * @param idle after so long without sending, a sign of life is sent
   * @param dead after so long without receiving, or without getting rid of anything, a link ends
   * @param probe how long an old link has to show that it lives when a new incarnation comes
   * @param join how long a link of a node that has no certificate may be
   */
  public record Times(
      Duration greeting, Duration idle, Duration dead, Duration probe, Duration join) {
    /** Times of which a dead link is noticed later than an idle one. */
    public Times {
      Invariant.check(
          greeting.isPositive() && idle.isPositive() && probe.isPositive() && join.isPositive(),
          "link times",
          idle);
      Invariant.check(idle.multipliedBy(2).compareTo(dead) <= 0, "idle and dead", idle, dead);
    }
  }

  /**
   * Bytes that wait to be sent on one link.
   *
   * @param roomBytes from here on there is no room; half of it, and there is again
   * @param mostBytes beyond, the link ends
   */
  public record Memory(long roomBytes, long mostBytes) {
    /** Limits in this order. */
    public Memory {
      Invariant.check(0 < roomBytes && roomBytes <= mostBytes, "memory", roomBytes, mostBytes);
    }
  }

  /**
   * How many there may be.
   *
   * @param strangers connections that have not ended their greeting
   * @param strangersPerHost the same from one address
   * @param links that have
   */
  public record Counts(int strangers, int strangersPerHost, int links) {
    /** Positive numbers. */
    public Counts {
      Invariant.check(
          strangers > 0 && strangersPerHost > 0 && links > 0, "counts", strangers, links);
    }
  }
}
