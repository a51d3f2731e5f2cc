package io.tharsis.logfiles.volume;

/** What GOOD on a write means for a volume. */
public enum WriteCache {
  /** GOOD means on stable storage; no write cache is announced (WCE=0). */
  DURABLE,
  /**
   * GOOD means in the log; a write cache is announced (WCE=1), SYNCHRONIZE CACHE and FUA mean
   * stable. The log is made durable at the latest after 200 ms or 16 MiB.
   */
  FLUSH
}
