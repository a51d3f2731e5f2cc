package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.replication.wire.SyncMessage.ChunkData;
import io.tharsis.replication.wire.SyncMessage.ChunkEqual;
import io.tharsis.replication.wire.SyncMessage.ChunkExtent;
import io.tharsis.replication.wire.SyncMessage.ChunkRefusal;
import io.tharsis.replication.wire.SyncMessage.ChunkRefused;
import io.tharsis.replication.wire.SyncMessage.ChunkRequest;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import io.tharsis.replication.wire.SyncMessage.ChunkZero;
import java.util.Optional;

/** Layouts of {@link SyncMessage}. */
final class SyncCodec {

  private static final int HAS_DIGEST = 1;

  private SyncCodec() {}

  static void write(SyncMessage message, WireWriter out) {
    out.i64(message.id());
    switch (message) {
      case ChunkRequest request -> writeRequest(request, out);
      case ChunkEqual equal -> writeStamp(equal.stamp(), out);
      case ChunkData data -> {
        writeStamp(data.stamp(), out);
        out.payload(data.payload());
      }
      case ChunkZero zero -> writeStamp(zero.stamp(), out);
      case ChunkRefused refused -> out.u16(refused.code().code()).text(refused.words());
    }
  }

  private static void writeRequest(ChunkRequest request, WireWriter out) {
    ChunkExtent extent = request.extent();
    out.u16(extent.volume())
        .u16(request.digest().isPresent() ? HAS_DIGEST : 0)
        .u32(extent.lengthBytes())
        .i64(extent.offset())
        .i64(request.checkpointLsn());
    request.digest().ifPresent(out::digest);
  }

  private static void writeStamp(ChunkStamp stamp, WireWriter out) {
    out.i64(stamp.lsn()).uuid(stamp.epochId());
  }

  static ChunkRequest readRequest(WireReader in) throws FormatException {
    long id = in.i64();
    int volume = in.u16();
    int flags = in.u16();
    if (flags > HAS_DIGEST) {
      throw in.malformed("flags of a request: " + flags);
    }
    int lengthBytes = in.upTo(Wire.MAX_BULK_BYTES, "chunk");
    ChunkExtent extent = new ChunkExtent(volume, in.i64(), lengthBytes);
    long checkpointLsn = in.i64();
    Optional<Digest> digest = flags == HAS_DIGEST ? Optional.of(in.digest()) : Optional.empty();
    return new ChunkRequest(id, extent, checkpointLsn, digest);
  }

  private static ChunkStamp readStamp(WireReader in) throws FormatException {
    return new ChunkStamp(in.i64(), in.uuid());
  }

  static ChunkEqual readEqual(WireReader in) throws FormatException {
    return new ChunkEqual(in.i64(), readStamp(in));
  }

  static ChunkData readData(WireReader in) throws FormatException {
    return new ChunkData(in.i64(), readStamp(in), in.payload());
  }

  static ChunkZero readZero(WireReader in) throws FormatException {
    return new ChunkZero(in.i64(), readStamp(in));
  }

  static ChunkRefused readRefused(WireReader in) throws FormatException {
    return new ChunkRefused(in.i64(), refusal(in), in.text(Wire.MAX_WORDS_BYTES));
  }

  private static ChunkRefusal refusal(WireReader in) throws FormatException {
    int code = in.u16();
    for (ChunkRefusal refusal : ChunkRefusal.values()) {
      if (refusal.code() == code) {
        return refusal;
      }
    }
    throw in.malformed("refusal " + code);
  }
}
