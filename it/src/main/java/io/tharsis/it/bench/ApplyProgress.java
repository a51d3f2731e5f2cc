package io.tharsis.it.bench;

import java.io.IOException;

/** How far the log's appending and applying have come, as counters that only grow. */
interface ApplyProgress {

  /**
   * Both counters at one moment.
   *
   * @throws IOException where the target does not tell
   */
  Bytes read() throws IOException;

  /**
   * Bytes since the target started.
   *
   * @param appended into the log
   * @param applied from the log to the disk
   */
  record Bytes(long appended, long applied) {}
}
