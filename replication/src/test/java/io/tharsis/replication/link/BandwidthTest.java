package io.tharsis.replication.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.sim.SimClock;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bulk goes at the rate that the schedule allows. */
class BandwidthTest {

  private static final long PIECE = 64 << 10;

  private final Simulation simulation = new Simulation(1);
  private final SimHost host = simulation.host("a");

  /** Sends pieces whenever it may. */
  private final class Sender {
    private final Bandwidth bandwidth;
    private long sentBytes;

    Sender(Bandwidth bandwidth) {
      this.bandwidth = bandwidth;
      host.owner().execute(this::go);
    }

    private void go() {
      // a bounded burst: an unlimited bucket never says no
      for (int i = 0; i < 10 && bandwidth.take(PIECE); i++) {
        sentBytes += PIECE;
      }
      bandwidth.await(this::go);
    }
  }

  @Test
  void theRateIsKeptOverTime() {
    for (long rate : new long[] {10_000, 1_000_000, 100_000_000}) {
      Sender sender = new Sender(new Bandwidth(host.clock(), RateSchedule.always(rate)));
      simulation.runFor(Duration.ofSeconds(100));
      assertThat(sender.sentBytes)
          .as("at %d bytes a second", rate)
          .isBetween(rate * 99, rate * 100 + rate / 5 + 10 * PIECE);
    }
  }

  @Test
  void thoseWhoShareABucketGetEqualParts() {
    Bandwidth bandwidth = new Bandwidth(host.clock(), RateSchedule.always(1_000_000));
    List<Sender> senders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      senders.add(new Sender(bandwidth));
    }
    simulation.runFor(Duration.ofSeconds(100));
    for (Sender sender : senders) {
      assertThat(sender.sentBytes).isBetween(22_000_000L, 28_000_000L);
    }
  }

  @Test
  void anIdleBucketDoesNotSaveUp() {
    Bandwidth bandwidth = new Bandwidth(host.clock(), RateSchedule.always(1_000_000));
    simulation.runFor(Duration.ofHours(1));
    Sender sender = new Sender(bandwidth);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(sender.sentBytes).isLessThan(1_300_000);
  }

  @Test
  void withoutALimitNothingWaits() {
    Bandwidth bandwidth = new Bandwidth(host.clock(), RateSchedule.UNLIMITED);
    for (int i = 0; i < 1000; i++) {
      assertThat(bandwidth.take(1L << 40)).isTrue();
    }
  }

  @Test
  void theScheduleFollowsTheTimeOfDayOfItsZone() {
    ZoneId zone = ZoneId.of("Europe/Berlin");
    RateSchedule schedule =
        new RateSchedule(
            zone,
            List.of(
                new RateSchedule.Window(LocalTime.of(7, 0), 100),
                new RateSchedule.Window(LocalTime.of(19, 0), Long.MAX_VALUE)));
    // 2026-11-01 00:00 UTC is 01:00 in Berlin
    long start = SimClock.START_WALL_MILLIS;
    assertThat(schedule.bytesPerSecond(start)).isEqualTo(Long.MAX_VALUE);
    assertThat(schedule.bytesPerSecond(start + hours(6) - 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(schedule.bytesPerSecond(start + hours(6))).isEqualTo(100);
    assertThat(schedule.bytesPerSecond(start + hours(18) - 1)).isEqualTo(100);
    assertThat(schedule.bytesPerSecond(start + hours(18))).isEqualTo(Long.MAX_VALUE);
  }

  private static long hours(int count) {
    return Duration.ofHours(count).toMillis();
  }

  @Test
  void whoWaitsForAThinWindowIsWokenByAWideOne() {
    RateSchedule schedule =
        new RateSchedule(
            ZoneOffset.UTC,
            List.of(
                new RateSchedule.Window(LocalTime.MIDNIGHT, 1),
                new RateSchedule.Window(LocalTime.of(0, 1), 1_000_000_000)));
    Sender sender = new Sender(new Bandwidth(host.clock(), schedule));
    simulation.runFor(Duration.ofSeconds(59));
    assertThat(sender.sentBytes).isEqualTo(PIECE);
    simulation.runFor(Duration.ofSeconds(4));
    assertThat(sender.sentBytes).isGreaterThan(100_000_000);
  }
}
