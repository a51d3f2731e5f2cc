package io.tharsis.logfiles.log;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The newest bytes of a log that is written here, in memory, for whoever ships them. Log is written
 * past the page cache: to read it at once is to read the medium, and the pages that this leaves,
 * those read ahead included, have to be dropped before the next write. Takes memory only from when
 * it is asked until nobody needs log any more. Belongs to the log's owner.
 */
final class RecentLog {

  private final int capacityBytes;
  private boolean isWanted;
  private Optional<ByteBuffer> ring = Optional.empty();
  private long fromLsn;
  private long toLsn;

  /**
   * Nothing yet.
   *
   * @param capacityBytes how much is kept, at most
   */
  RecentLog(int capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** These bytes, not more than are kept, come next in the log; the remaining ones are copied. */
  void written(long lsn, ByteBuffer bytes) {
    if (!isWanted) {
      return;
    }
    if (ring.isEmpty()) {
      ring = Optional.of(ByteBuffer.allocateDirect(capacityBytes));
      fromLsn = lsn;
    }
    toLsn = lsn + bytes.remaining();
    fromLsn = Math.max(fromLsn, toLsn - capacityBytes);
    int at = indexOf(lsn);
    int first = Math.min(bytes.remaining(), capacityBytes - at);
    ring.get().put(at, bytes, bytes.position(), first);
    ring.get().put(0, bytes, bytes.position() + first, bytes.remaining() - first);
  }

  /**
   * Fills the remaining bytes of a buffer with the log from {@code lsn} on, if all of that is here.
   * Being asked is the reason to keep what comes from now on.
   */
  boolean read(long lsn, ByteBuffer into) {
    isWanted = true;
    int length = into.remaining();
    if (ring.isEmpty() || lsn < fromLsn || lsn + length > toLsn) {
      return false;
    }
    int at = indexOf(lsn);
    int first = Math.min(length, capacityBytes - at);
    into.put(ring.get().slice(at, first)).put(ring.get().slice(0, length - first));
    return true;
  }

  /** Nobody is left who needs any. */
  void drop() {
    isWanted = false;
    ring = Optional.empty();
  }

  private int indexOf(long lsn) {
    return (int) (lsn % capacityBytes);
  }
}
