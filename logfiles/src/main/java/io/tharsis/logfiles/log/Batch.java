package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;

/**
 * What one write to a logfile carries: records from a log-block boundary to a log-block boundary,
 * preceded by the logfile's header when it is the first one of its file. Belongs to the appender.
 */
final class Batch {

  private final ByteBuffer buffer;
  private final Logfile file;
  private final long startLsn;
  private final int startPosition;
  private int position;
  private boolean mustBeDurable;
  private boolean closed;

  private Batch(ByteBuffer buffer, Logfile file, long startLsn, int startPosition) {
    this.buffer = buffer;
    this.file = file;
    this.startLsn = startLsn;
    this.startPosition = startPosition;
    this.position = startPosition;
  }

  /** The first batch of a logfile; the header block is written in place by the caller. */
  static Batch first(ByteBuffer buffer, Logfile file) {
    Batch batch = new Batch(buffer, file, file.baseLsn(), LogfileHeader.BYTES);
    batch.mustBeDurable = true;
    return batch;
  }

  /** A batch that goes on in a logfile at a block boundary. */
  static Batch next(ByteBuffer buffer, Logfile file, long startLsn) {
    Invariant.check(
        (startLsn - file.baseLsn()) % LogLimits.BLOCK_BYTES == 0, "block boundary", startLsn);
    return new Batch(buffer, file, startLsn, 0);
  }

  ByteBuffer buffer() {
    return buffer;
  }

  Logfile file() {
    return file;
  }

  boolean isFirst() {
    return startPosition != 0;
  }

  boolean isEmpty() {
    return position == startPosition;
  }

  long startLsn() {
    return startLsn;
  }

  /** LSN of what is appended next, or one past the end of a closed batch. */
  long endLsn() {
    return startLsn + position - startPosition;
  }

  int position() {
    return position;
  }

  void advance(int bytes) {
    Invariant.check(!closed && position + bytes <= buffer.capacity(), "room in batch", bytes);
    position += bytes;
  }

  /**
   * Whether {@code bytes} more of records fit into the buffer, and into the file so that the block
   * in which it is sealed stays free.
   */
  boolean fits(int bytes) {
    return fitsBuffer(bytes) && fitsFile(file, endLsn(), bytes);
  }

  boolean fitsBuffer(int bytes) {
    return position + bytes + LogLimits.BLOCK_BYTES <= buffer.capacity();
  }

  static boolean fitsFile(Logfile file, long lsn, int bytes) {
    return LogLimits.blockUp(lsn + bytes - file.baseLsn()) + LogLimits.BLOCK_BYTES
        <= file.capacityLsn() - file.baseLsn();
  }

  /** Bytes missing to the next block boundary. */
  int gapBytes() {
    return (int) (LogLimits.blockUp(position) - position);
  }

  void closed() {
    Invariant.check(gapBytes() == 0, "a batch ends on a block boundary", position);
    closed = true;
  }

  boolean mustBeDurable() {
    return mustBeDurable;
  }

  void makeDurable() {
    mustBeDurable = true;
  }

  /** Its bytes of log, without a logfile's header. */
  ByteBuffer records() {
    return buffer.slice(startPosition, position - startPosition);
  }

  /** The whole batch as one write. */
  Extent extent() {
    long offset = isFirst() ? 0 : file.fileOffset(startLsn);
    return Extent.of(offset, buffer.slice(0, position));
  }
}
