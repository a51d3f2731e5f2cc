package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.seam.Invariant;
import java.util.Optional;
import java.util.UUID;

/**
 * What is said on a {@link LinkClass#SYNC} link. The receiver of chunks connects and requests; each
 * request gets one answer, in any order.
 */
public sealed interface SyncMessage extends Message {

  /** Of the request, chosen by the receiver, not used again on this link. */
  long id();

  /**
   * A chunk of a volume is wanted.
   *
   * @param id of the request
   * @param extent what of which volume
   * @param checkpointLsn the receiver's checkpoint: the answer must not be older
   * @param digest SHA-256 of what the receiver has there, if an equal chunk need not be sent
   */
  record ChunkRequest(long id, ChunkExtent extent, long checkpointLsn, Optional<Digest> digest)
      implements SyncMessage {
    /** An LSN that can be. */
    public ChunkRequest {
      Invariant.check(checkpointLsn >= 0, "checkpoint", checkpointLsn);
    }
  }

  /**
   * Bytes of a volume.
   *
   * @param volume number of the volume
   * @param offset first byte
   * @param lengthBytes at most {@value Wire#MAX_BULK_BYTES}
   */
  record ChunkExtent(int volume, long offset, int lengthBytes) {
    /** An extent that fits into a frame. */
    public ChunkExtent {
      Invariant.check(0 <= volume && volume <= 0xFFFF, "volume", volume);
      Invariant.check(
          0 <= offset
              && 0 < lengthBytes
              && lengthBytes <= Wire.MAX_BULK_BYTES
              && offset <= Long.MAX_VALUE - lengthBytes,
          "chunk",
          offset,
          lengthBytes);
    }
  }

  /**
   * When a chunk was read.
   *
   * @param lsn everything below is in it, and nothing that is not durable
   * @param epochId of the branch that the LSN is on
   */
  record ChunkStamp(long lsn, UUID epochId) {
    /** An LSN that can be. */
    public ChunkStamp {
      Invariant.check(lsn >= 0, "stamp", lsn);
    }
  }

  /** The receiver has it already. */
  record ChunkEqual(long id, ChunkStamp stamp) implements SyncMessage {}

  /** The chunk. */
  record ChunkData(long id, ChunkStamp stamp, Payload payload) implements SyncMessage {}

  /** The chunk is all zeros. */
  record ChunkZero(long id, ChunkStamp stamp) implements SyncMessage {}

  /**
   * The source cannot answer.
   *
   * @param id of the request
   * @param code why
   * @param words for people
   */
  record ChunkRefused(long id, ChunkRefusal code, String words) implements SyncMessage {
    /** Words cut to what fits. */
    public ChunkRefused {
      words = Wire.cut(words, Wire.MAX_WORDS_BYTES);
    }
  }

  /** Why a chunk is not sent. */
  enum ChunkRefusal {
    /** The source's state is older than the receiver's checkpoint. */
    TOO_OLD(1),
    /** There is no such volume, or it ends before the extent does. */
    NO_SUCH_EXTENT(2),
    /** The disk of the source failed. */
    READ_ERROR(3),
    /** The source is not consistent itself. */
    INCONSISTENT(4),
    /** The source has too much to do; ask again later. */
    BUSY(5);

    private final int code;

    ChunkRefusal(int code) {
      this.code = code;
    }

    /** The number on the wire. */
    public int code() {
      return code;
    }
  }
}
