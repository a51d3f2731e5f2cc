package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Invariant;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * How many bytes a second may be sent, by the time of day.
 *
 * @param zone whose time of day is meant
 * @param windows in the order of their beginnings; the last one lasts over midnight to the first.
 *     Without any, there is no limit
 */
public record RateSchedule(ZoneId zone, List<Window> windows) {

  /** No limit at any time. */
  public static final RateSchedule UNLIMITED = new RateSchedule(ZoneOffset.UTC, List.of());

  /**
   * A part of the day.
   *
   * @param from when it begins
   * @param bytesPerSecond the limit; {@link Long#MAX_VALUE} for none
   */
  public record Window(LocalTime from, long bytesPerSecond) {
    /** A limit that lets something through. */
    public Window {
      Invariant.check(bytesPerSecond > 0, "bytes per second", bytesPerSecond);
    }
  }

  /** Windows in order. */
  public RateSchedule {
    windows = List.copyOf(windows);
    for (int i = 1; i < windows.size(); i++) {
      Invariant.check(
          windows.get(i - 1).from().isBefore(windows.get(i).from()), "order of windows", i);
    }
  }

  /** The same limit all day. */
  public static RateSchedule always(long bytesPerSecond) {
    return new RateSchedule(
        ZoneOffset.UTC, List.of(new Window(LocalTime.MIDNIGHT, bytesPerSecond)));
  }

  /** The limit at a time. */
  public long bytesPerSecond(long wallMillis) {
    if (windows.isEmpty()) {
      return Long.MAX_VALUE;
    }
    LocalTime now = Instant.ofEpochMilli(wallMillis).atZone(zone).toLocalTime();
    long rate = windows.getLast().bytesPerSecond();
    for (Window window : windows) {
      if (!window.from().isAfter(now)) {
        rate = window.bytesPerSecond();
      }
    }
    return rate;
  }
}
