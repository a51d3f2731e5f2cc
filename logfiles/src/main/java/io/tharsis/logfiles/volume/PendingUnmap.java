package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.log.Entry;
import java.nio.ByteBuffer;

/** An unmap on its way into the log: one record, however long the range. */
record PendingUnmap(LoggedVolume volume, long offset, long lengthBytes, Operations.Operation done)
    implements PendingChange {

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  @Override
  public boolean append() {
    if (!volume.log().admit(RecordHeader.totalBytes(0))) {
      return false;
    }
    volume.append(new Entry(RecordType.UNMAP, 0, volume.number(), offset, lengthBytes), NOTHING);
    volume.await(false, done);
    return true;
  }
}
