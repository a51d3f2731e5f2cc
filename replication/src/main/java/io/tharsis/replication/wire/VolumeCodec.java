package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.wire.VolumeMessage.Attach;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Cancel;
import io.tharsis.replication.wire.VolumeMessage.Credit;
import io.tharsis.replication.wire.VolumeMessage.EpochSeen;
import io.tharsis.replication.wire.VolumeMessage.Found;
import io.tharsis.replication.wire.VolumeMessage.Heard;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Moved;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Piece;
import io.tharsis.replication.wire.VolumeMessage.Pulse;
import io.tharsis.replication.wire.VolumeMessage.Reply;
import io.tharsis.replication.wire.VolumeMessage.Request;
import io.tharsis.replication.wire.VolumeMessage.Reset;
import io.tharsis.replication.wire.VolumeMessage.Resized;
import io.tharsis.replication.wire.VolumeMessage.Sign;
import io.tharsis.replication.wire.VolumeMessage.Tick;
import io.tharsis.replication.wire.VolumeMessage.VolumeShape;
import io.tharsis.replication.wire.VolumeMessage.WasReset;
import io.tharsis.replication.wire.VolumeMessage.Work;
import java.util.ArrayList;
import java.util.List;

/** Layouts of {@link VolumeMessage}. */
final class VolumeCodec {

  private static final int FORCE_UNIT_ACCESS = 1;
  private static final int RESUMED = 1;
  private static final int WHOLE = 2;
  private static final int HAS_WRITE_CACHE = 1;

  private VolumeCodec() {}

  static void write(VolumeMessage message, WireWriter out) {
    switch (message) {
      case Attach attach -> writeAttach(attach, out);
      case Attached attached -> writeAttached(attached, out);
      case Request request -> writeRequest(request, out);
      case Piece(Sign sign, Payload data) -> sign(sign, out).payload(data);
      case Cancel(long seq, Sign sign) -> sign(sign, out.i64(seq));
      case Pulse(Sign sign) -> sign(sign, out);
      case Reply(long seq, Outcome outcome) -> out.i64(seq).u8(outcome.code());
      case Found(long seq, boolean last, Payload data) ->
          out.i64(seq).u8(last ? 1 : 0).payload(data);
      case Tick(long tick) -> out.i64(tick);
      case Resized(int volume, VolumeShape shape) -> shape(shape, out.u16(volume));
      case Moved() -> {}
      case Reset(long number, int volume) -> out.i64(number).u16(volume);
      case WasReset(long number) -> out.i64(number);
    }
  }

  private static void writeAttach(Attach attach, WireWriter out) {
    Heard knows = attach.knows();
    out.uuid(attach.front())
        .i64(attach.attempt())
        .uuid(knows.service())
        .i64(knows.tick())
        .i64(knows.elapsedMillis())
        .u32(attach.unresolved().size());
    attach.unresolved().forEach(out::i64);
  }

  private static void writeAttached(Attached attached, WireWriter out) {
    EpochSeen epoch = attached.epoch();
    out.uuid(attached.service())
        .uuid(epoch.id())
        .uuid(epoch.parent())
        .u8((attached.resumed() ? RESUMED : 0) | (epoch.whole() ? WHOLE : 0))
        .i64(attached.tick())
        .u32(attached.credit().operations())
        .u32(attached.credit().bytes())
        .u16(attached.volumes().size());
    attached.volumes().forEach(volume -> shape(volume, out));
  }

  private static void writeRequest(Request request, WireWriter out) {
    Work work = request.work();
    sign(request.sign(), out.i64(request.seq()))
        .u8(work.kind().code())
        .u8(work.forceUnitAccess() ? FORCE_UNIT_ACCESS : 0)
        .u16(work.volume())
        .i64(work.offset())
        .i64(work.length())
        .payload(request.data());
  }

  private static WireWriter sign(Sign sign, WireWriter out) {
    return out.i64(sign.tick()).i64(sign.seen());
  }

  private static void shape(VolumeShape shape, WireWriter out) {
    out.i64(shape.sizeBytes())
        .u8(
            switch (shape.writeCache()) {
              case DURABLE -> 0;
              case FLUSH -> HAS_WRITE_CACHE;
            });
  }

  static Attach readAttach(WireReader in) throws FormatException {
    var front = in.uuid();
    long attempt = in.i64();
    Heard knows = new Heard(in.uuid(), in.i64(), in.i64());
    int count = in.upTo(VolumeMessage.MAX_OPERATIONS, "operations");
    List<Long> unresolved = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      unresolved.add(in.i64());
    }
    return new Attach(front, attempt, knows, unresolved);
  }

  static Attached readAttached(WireReader in) throws FormatException {
    var service = in.uuid();
    var epoch = in.uuid();
    var parent = in.uuid();
    int flags = flags(in, RESUMED | WHOLE);
    long tick = in.i64();
    Credit credit =
        new Credit(
            in.upTo(VolumeMessage.MAX_OPERATIONS, "operations"),
            in.upTo(Integer.MAX_VALUE, "bytes"));
    int count = in.u16();
    List<VolumeShape> volumes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      volumes.add(readShape(in));
    }
    return new Attached(
        service,
        new EpochSeen(epoch, parent, (flags & WHOLE) != 0),
        (flags & RESUMED) != 0,
        tick,
        credit,
        volumes);
  }

  private static int flags(WireReader in, int known) throws FormatException {
    int flags = in.u8();
    if ((flags & ~known) != 0) {
      throw in.malformed("flags " + flags);
    }
    return flags;
  }

  private static VolumeShape readShape(WireReader in) throws FormatException {
    long sizeBytes = in.i64();
    boolean cached = flags(in, HAS_WRITE_CACHE) != 0;
    return new VolumeShape(sizeBytes, cached ? WriteCache.FLUSH : WriteCache.DURABLE);
  }

  private static Sign readSign(WireReader in) throws FormatException {
    return new Sign(in.i64(), in.i64());
  }

  static Request readRequest(WireReader in) throws FormatException {
    long seq = in.i64();
    Sign sign = readSign(in);
    Kind kind = kind(in);
    boolean forceUnitAccess = flags(in, FORCE_UNIT_ACCESS) != 0;
    Work work = new Work(kind, forceUnitAccess, in.u16(), in.i64(), in.i64());
    return new Request(seq, sign, work, in.payload());
  }

  private static Kind kind(WireReader in) throws FormatException {
    int code = in.u8();
    for (Kind kind : Kind.values()) {
      if (kind.code() == code) {
        return kind;
      }
    }
    throw in.malformed("kind of operation " + code);
  }

  static Piece readPiece(WireReader in) throws FormatException {
    return new Piece(readSign(in), in.payload());
  }

  static Cancel readCancel(WireReader in) throws FormatException {
    return new Cancel(in.i64(), readSign(in));
  }

  static Pulse readPulse(WireReader in) throws FormatException {
    return new Pulse(readSign(in));
  }

  static Reply readReply(WireReader in) throws FormatException {
    return new Reply(in.i64(), outcome(in));
  }

  private static Outcome outcome(WireReader in) throws FormatException {
    int code = in.u8();
    for (Outcome outcome : Outcome.values()) {
      if (outcome.code() == code) {
        return outcome;
      }
    }
    throw in.malformed("outcome " + code);
  }

  static Found readFound(WireReader in) throws FormatException {
    return new Found(in.i64(), flags(in, 1) != 0, in.payload());
  }

  static Tick readTick(WireReader in) throws FormatException {
    return new Tick(in.i64());
  }

  static Reset readReset(WireReader in) throws FormatException {
    return new Reset(in.i64(), in.u16());
  }

  static Resized readResized(WireReader in) throws FormatException {
    return new Resized(in.u16(), readShape(in));
  }
}
