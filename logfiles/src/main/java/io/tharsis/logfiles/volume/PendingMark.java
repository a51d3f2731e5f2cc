package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Completion;
import java.nio.ByteBuffer;

/** A bookmark on its way into the log. */
final class PendingMark implements PendingChange {

  private final LoggedResource resource;
  private final ByteBuffer payload;
  private final Operations.Operation done;
  private long endLsn;

  PendingMark(LoggedResource resource, ByteBuffer payload, Operations.Operation done) {
    this.resource = resource;
    this.payload = payload;
    this.done = done;
  }

  /** Where the next record goes; once it is in the log. */
  long endLsn() {
    return endLsn;
  }

  @Override
  public boolean append() {
    Log log = resource.log();
    if (!log.admit(RecordHeader.totalBytes(payload.remaining()))) {
      return false;
    }
    log.append(new Entry(RecordType.MARK, 0, 0, 0, 0), payload);
    endLsn = log.marks().appended();
    log.whenDurable(
        endLsn, Completion.of(done::succeeded, cause -> done.failed(VolumeFault.LOG_STOPPED)));
    return true;
  }

  @Override
  public Operations.Operation done() {
    return done;
  }
}
