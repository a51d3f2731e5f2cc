package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;

/**
 * Every limit of one resource's log, with its unit.
 *
 * @param logfileBytes size of each logfile, header block included; a multiple of 4096
 * @param workingSet logfiles preallocated when the resource is created and recycled for ever
 * @param maxLogBytes space that all logfiles of the resource together may take
 * @param batchBytes most bytes one group commit writes; a multiple of 4096
 * @param backlogBytes un-applied log at which writers are slowed to the rate of the Applier
 * @param applyWindowBytes log that one run of the Applier reads
 * @param overlayMemoryBytes memory of the overlay at which writers are slowed likewise
 * @param applyDelay how long an un-applied write may wait for company before the Applier runs
 * @param flushDelay when, at the latest, writes into the write cache are made durable
 * @param flushBytes how many bytes of them, at the most, are not durable
 * @param summaryBytes size of each of the two files that hold summaries of closed logfiles
 */
public record LogLimits(
    long logfileBytes,
    int workingSet,
    long maxLogBytes,
    int batchBytes,
    long backlogBytes,
    int applyWindowBytes,
    long overlayMemoryBytes,
    Duration applyDelay,
    Duration flushDelay,
    long flushBytes,
    int summaryBytes) {

  /** Log blocks: batches begin and end on a multiple of this, so durable blocks stay untouched. */
  public static final int BLOCK_BYTES = 4096;

  /** Largest payload that this program puts into one record. */
  public static final int MAX_PAYLOAD_BYTES = 64 << 10;

  /** Largest write that replays wholly or not at all; larger ones are several groups. */
  public static final int MAX_GROUP_BYTES = 1 << 20;

  public LogLimits {
    Invariant.check(
        logfileBytes % BLOCK_BYTES == 0 && logfileBytes >= 4L * batchBytes,
        "a logfile holds at least four batches",
        logfileBytes,
        batchBytes);
    Invariant.check(workingSet >= 4, "the working set is at least four logfiles", workingSet);
    Invariant.check(
        maxLogBytes >= workingSet * logfileBytes, "log space holds the working set", maxLogBytes);
    Invariant.check(
        batchBytes % BLOCK_BYTES == 0 && batchBytes >= 2 * MAX_GROUP_BYTES,
        "a batch holds a group",
        batchBytes);
    Invariant.check(
        applyWindowBytes >= batchBytes, "an apply window holds a batch", applyWindowBytes);
  }

  /** The same with another limit of the space that all logfiles together may take. */
  public LogLimits withMaxLogBytes(long bytes) {
    return new LogLimits(
        logfileBytes,
        workingSet,
        bytes,
        batchBytes,
        backlogBytes,
        applyWindowBytes,
        overlayMemoryBytes,
        applyDelay,
        flushDelay,
        flushBytes,
        summaryBytes);
  }

  /** What a node uses unless told otherwise. */
  public static LogLimits defaults() {
    return new LogLimits(
        64L << 20,
        4,
        8L << 30,
        2 << 20,
        4L << 30,
        16 << 20,
        256L << 20,
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        16L << 20,
        8 << 20);
  }

  /** The next multiple of {@link #BLOCK_BYTES} that is not below {@code position}. */
  static long blockUp(long position) {
    return (position + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  /** The newest log that is kept in memory for others: more than one batch. */
  int recentBytes() {
    return 2 * batchBytes;
  }

  /** Off-heap bytes that the buffers of an open log take at most, for as long as it is open. */
  public long bufferBytes() {
    return (long) LogBuffers.COUNT * batchBytes
        + applyWindowBytes
        + ReadBuffers.KEPT_BYTES
        + recentBytes();
  }

  /** Free log space below which the log is shown as short of it. */
  public long lowSpaceBytes() {
    return 2 * logfileBytes;
  }
}
