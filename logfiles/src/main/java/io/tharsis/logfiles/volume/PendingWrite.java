package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordFlags;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.LogLimits;
import java.nio.ByteBuffer;

/**
 * A write on its way into the log: in groups of at most {@link LogLimits#MAX_GROUP_BYTES}, each of
 * which replays wholly or not at all, each in records small enough to be read back for one block.
 */
final class PendingWrite implements PendingChange {

  private final LoggedVolume volume;
  private final long offset;
  private final ByteBuffer data;
  private final boolean forceUnitAccess;
  private final Operations.Operation done;
  private int appendedBytes;

  PendingWrite(
      LoggedVolume volume,
      long offset,
      ByteBuffer data,
      boolean forceUnitAccess,
      Operations.Operation done) {
    this.volume = volume;
    this.offset = offset;
    this.data = data.slice();
    this.forceUnitAccess = forceUnitAccess;
    this.done = done;
  }

  @Override
  public boolean append() {
    while (appendedBytes < data.capacity()) {
      int group = Math.min(LogLimits.MAX_GROUP_BYTES, data.capacity() - appendedBytes);
      if (!volume.log().admit(bytesOnLog(group))) {
        return false;
      }
      // Reserved only now, so that a write that is taken back has reserved nothing.
      if (!hasBegun() && !volume.copy().reserve(offset, offset + data.capacity())) {
        volume.log().owner().execute(() -> done.failed(VolumeFault.SPACE_EXHAUSTED));
        return true;
      }
      appendGroup(group);
    }
    volume.await(forceUnitAccess, done);
    return true;
  }

  private static int bytesOnLog(int groupBytes) {
    int whole = groupBytes / LogLimits.MAX_PAYLOAD_BYTES;
    int rest = groupBytes % LogLimits.MAX_PAYLOAD_BYTES;
    return whole * RecordHeader.totalBytes(LogLimits.MAX_PAYLOAD_BYTES)
        + (rest > 0 ? RecordHeader.totalBytes(rest) : 0);
  }

  private void appendGroup(int groupBytes) {
    int end = appendedBytes + groupBytes;
    while (appendedBytes < end) {
      int bytes = Math.min(LogLimits.MAX_PAYLOAD_BYTES, end - appendedBytes);
      int flags =
          (forceUnitAccess ? RecordFlags.FUA : 0)
              | (appendedBytes + bytes < end ? RecordFlags.ATOMIC_WITH_NEXT : 0);
      Entry entry =
          new Entry(RecordType.WRITE, flags, volume.number(), offset + appendedBytes, bytes);
      volume.append(entry, data.slice(appendedBytes, bytes));
      appendedBytes += bytes;
    }
  }

  @Override
  public boolean hasBegun() {
    return appendedBytes > 0;
  }

  @Override
  public Operations.Operation done() {
    return done;
  }
}
