package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.wire.VolumeMessage.Credit;
import java.time.Duration;

/**
 * What forwarding may take.
 *
 * @param hold so long an operation waits, from its arrival, for a primary that is not reached
 * @param age what a front has sent counts so long, by the primary's clock
 * @param margin what clocks may differ by while the age passes
 * @param tick how often a primary tells its clock, and a front looks after what waits
 * @param keep so long after a link has ended the primary remembers what it has done for the front
 * @param credit what a front may have under way
 */
record RemoteLimits(
    Duration hold, Duration age, Duration margin, Duration tick, Duration keep, Credit credit) {

  /** What a node uses. */
  static final RemoteLimits STANDARD =
      new RemoteLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          new Credit(1024, 16 << 20));

  RemoteLimits {
    Invariant.check(tick.multipliedBy(4).compareTo(age) <= 0, "tick and age", tick, age);
    Invariant.check(
        hold.plus(age).plus(margin).compareTo(keep) < 0, "remembered for long enough", keep);
  }

  /** When nothing that was sent at a time can have an effect any more, by the front's clock. */
  long deadNanos() {
    return age.plus(margin).toNanos();
  }
}
