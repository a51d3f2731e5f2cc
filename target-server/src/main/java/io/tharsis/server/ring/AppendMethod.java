package io.tharsis.server.ring;

import java.util.Locale;

/** How a batch of the log becomes durable. */
public enum AppendMethod {
  /** One {@code O_DIRECT} write with {@code RWF_DSYNC} on the loop's own io_uring. */
  RING,
  /** A buffered write and a data sync on an I/O thread. */
  THREAD;

  /** As an option and in metrics: {@code ring} or {@code thread}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
