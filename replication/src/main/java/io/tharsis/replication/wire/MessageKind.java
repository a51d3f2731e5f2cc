package io.tharsis.replication.wire;

import java.util.Optional;

/** What a frame is, and the byte that stands for it. */
enum MessageKind {
  HELLO(0x01),
  REFUSED(0x02),
  ALIVE(0x03),
  PROBE(0x04),
  BYE(0x05),

  GOSSIP(0x10),
  ASK(0x11),
  ANSWER(0x12),
  PING(0x13),
  PONG(0x14),

  FETCH_FROM(0x20),
  LOG_RUN(0x21),
  DURABLE_AT(0x22),
  PROGRESS(0x23),
  GONE(0x24),
  DIVERGED(0x25),

  CHUNK_REQUEST(0x30),
  CHUNK_EQUAL(0x31),
  CHUNK_DATA(0x32),
  CHUNK_ZERO(0x33),
  CHUNK_REFUSED(0x34),

  JOIN_REQUEST(0x40),
  JOIN_REPLY(0x41),

  ATTACH(0x50),
  ATTACHED(0x51),
  REQUEST(0x52),
  PIECE(0x53),
  CANCEL(0x54),
  PULSE(0x55),
  REPLY(0x56),
  FOUND(0x57),
  TICK(0x58),
  RESIZED(0x59),
  MOVED(0x5A),
  RESET(0x5B),
  WAS_RESET(0x5C);

  private final int code;

  MessageKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static Optional<MessageKind> of(int code) {
    for (MessageKind kind : values()) {
      if (kind.code == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  static MessageKind of(Message message) {
    return switch (message) {
      case LinkMessage link -> ofLink(link);
      case ControlMessage control -> ofControl(control);
      case LogMessage log -> ofLog(log);
      case SyncMessage sync -> ofSync(sync);
      case JoinMessage.JoinRequest _ -> JOIN_REQUEST;
      case JoinMessage.JoinReply _ -> JOIN_REPLY;
      case VolumeMessage volume -> ofVolume(volume);
    };
  }

  private static MessageKind ofLink(LinkMessage message) {
    return switch (message) {
      case Hello _ -> HELLO;
      case LinkMessage.Refused _ -> REFUSED;
      case LinkMessage.Alive _ -> ALIVE;
      case LinkMessage.Probe _ -> PROBE;
      case LinkMessage.Bye _ -> BYE;
    };
  }

  private static MessageKind ofControl(ControlMessage message) {
    return switch (message) {
      case ControlMessage.Gossip _ -> GOSSIP;
      case ControlMessage.Ask _ -> ASK;
      case ControlMessage.Answer _ -> ANSWER;
      case ControlMessage.Ping _ -> PING;
      case ControlMessage.Pong _ -> PONG;
    };
  }

  private static MessageKind ofLog(LogMessage message) {
    return switch (message) {
      case LogMessage.FetchFrom _ -> FETCH_FROM;
      case LogMessage.LogRun _ -> LOG_RUN;
      case LogMessage.DurableAt _ -> DURABLE_AT;
      case LogMessage.Progress _ -> PROGRESS;
      case LogMessage.Gone _ -> GONE;
      case LogMessage.Diverged _ -> DIVERGED;
    };
  }

  private static MessageKind ofSync(SyncMessage message) {
    return switch (message) {
      case SyncMessage.ChunkRequest _ -> CHUNK_REQUEST;
      case SyncMessage.ChunkEqual _ -> CHUNK_EQUAL;
      case SyncMessage.ChunkData _ -> CHUNK_DATA;
      case SyncMessage.ChunkZero _ -> CHUNK_ZERO;
      case SyncMessage.ChunkRefused _ -> CHUNK_REFUSED;
    };
  }

  private static MessageKind ofVolume(VolumeMessage message) {
    return switch (message) {
      case VolumeMessage.Attach _ -> ATTACH;
      case VolumeMessage.Attached _ -> ATTACHED;
      case VolumeMessage.Request _ -> REQUEST;
      case VolumeMessage.Piece _ -> PIECE;
      case VolumeMessage.Cancel _ -> CANCEL;
      case VolumeMessage.Pulse _ -> PULSE;
      case VolumeMessage.Reply _ -> REPLY;
      case VolumeMessage.Found _ -> FOUND;
      case VolumeMessage.Tick _ -> TICK;
      case VolumeMessage.Resized _ -> RESIZED;
      case VolumeMessage.Moved _ -> MOVED;
      case VolumeMessage.Reset _ -> RESET;
      case VolumeMessage.WasReset _ -> WAS_RESET;
    };
  }
}
