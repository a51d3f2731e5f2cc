package io.tharsis.server.node;

import io.tharsis.logfiles.log.LogLimits;
import java.time.Duration;

/** A log for tests. */
public final class SmallLog {

  /** As small as a log can be, so that its preallocation takes no time. */
  public static final LogLimits LIMITS =
      new LogLimits(
          8L << 20,
          4,
          64L << 20,
          2 << 20,
          16L << 20,
          2 << 20,
          16L << 20,
          Duration.ofMillis(10),
          Duration.ofMillis(200),
          1L << 20,
          1 << 20);

  private SmallLog() {}
}
