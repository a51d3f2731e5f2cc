package io.tharsis.replication.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes and reads the body of any message. */
final class MessageCodec {

  private static final int SMALL_BYTES = 256;

  private MessageCodec() {}

  static void write(Message message, WireWriter out) {
    switch (message) {
      case LinkMessage link -> LinkCodec.write(link, out);
      case ControlMessage control -> ControlCodec.write(control, out);
      case LogMessage log -> LogCodec.write(log, out);
      case SyncMessage sync -> SyncCodec.write(sync, out);
      case JoinMessage join -> JoinCodec.write(join, out);
      case VolumeMessage volume -> VolumeCodec.write(volume, out);
    }
  }

  static Message read(MessageKind kind, WireReader in) throws IOException {
    return switch (kind) {
      case HELLO -> LinkCodec.readHello(in);
      case REFUSED -> LinkCodec.readRefused(in);
      case ALIVE -> new LinkMessage.Alive(in.i64());
      case PROBE -> new LinkMessage.Probe(in.i64());
      case BYE -> LinkCodec.readBye(in);
      case GOSSIP -> ControlCodec.readGossip(in);
      case ASK -> ControlCodec.readAsk(in);
      case ANSWER -> ControlCodec.readAnswer(in);
      case PING -> ControlCodec.readPing(in);
      case PONG -> ControlCodec.readPong(in);
      case FETCH_FROM -> LogCodec.readFetchFrom(in);
      case LOG_RUN -> LogCodec.readLogRun(in);
      case DURABLE_AT -> LogCodec.readDurableAt(in);
      case PROGRESS -> LogCodec.readProgress(in);
      case GONE -> LogCodec.readGone(in);
      case DIVERGED -> LogCodec.readDiverged(in);
      case CHUNK_REQUEST -> SyncCodec.readRequest(in);
      case CHUNK_EQUAL -> SyncCodec.readEqual(in);
      case CHUNK_DATA -> SyncCodec.readData(in);
      case CHUNK_ZERO -> SyncCodec.readZero(in);
      case CHUNK_REFUSED -> SyncCodec.readRefused(in);
      case JOIN_REQUEST -> JoinCodec.readRequest(in);
      case JOIN_REPLY -> JoinCodec.readReply(in);
      case ATTACH -> VolumeCodec.readAttach(in);
      case ATTACHED -> VolumeCodec.readAttached(in);
      case REQUEST -> VolumeCodec.readRequest(in);
      case PIECE -> VolumeCodec.readPiece(in);
      case CANCEL -> VolumeCodec.readCancel(in);
      case PULSE -> VolumeCodec.readPulse(in);
      case REPLY -> VolumeCodec.readReply(in);
      case FOUND -> VolumeCodec.readFound(in);
      case TICK -> VolumeCodec.readTick(in);
      case RESIZED -> VolumeCodec.readResized(in);
      case MOVED -> new VolumeMessage.Moved();
      case RESET -> VolumeCodec.readReset(in);
      case WAS_RESET -> new VolumeMessage.WasReset(in.i64());
    };
  }

  /** About how long the body will be, so that bulk is copied once. */
  static int hintBytes(Message message) {
    return switch (message) {
      case LogMessage.LogRun run ->
          SMALL_BYTES
              + run.headerBlock().map(ByteBuffer::remaining).orElse(0)
              + run.payload().stored().remaining();
      case SyncMessage.ChunkData data -> SMALL_BYTES + data.payload().stored().remaining();
      case ControlMessage.Gossip gossip -> SMALL_BYTES + gossip.content().sizeBytes();
      case VolumeMessage.Request request -> SMALL_BYTES + request.data().stored().remaining();
      case VolumeMessage.Piece piece -> SMALL_BYTES + piece.data().stored().remaining();
      case VolumeMessage.Found found -> SMALL_BYTES + found.data().stored().remaining();
      case LinkMessage _,
          ControlMessage _,
          LogMessage _,
          SyncMessage _,
          JoinMessage _,
          VolumeMessage _ ->
          SMALL_BYTES;
    };
  }
}
