package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.wire.SyncMessage.ChunkExtent;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One message of each kind and of each of its forms, by a name that is stable. */
final class Samples {

  static final UUID CLUSTER = UUID.fromString("00112233-4455-4677-8899-aabbccddeeff");
  static final UUID NODE = UUID.fromString("a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf");
  static final UUID INCARNATION = UUID.fromString("b0b1b2b3-b4b5-46b7-98b9-babbbcbdbebf");
  static final UUID RESOURCE = UUID.fromString("c0c1c2c3-c4c5-46c7-98c9-cacbcccdcecf");
  static final UUID EPOCH = UUID.fromString("e0e1e2e3-e4e5-46e7-98e9-eaebecedeeef");

  private Samples() {}

  static Hello hello(Hello.Purpose purpose) {
    return new Hello(
        purpose,
        new Hello.Sender(CLUSTER, NODE, "north-1", INCARNATION),
        new Versions(1, 3),
        EnumSet.of(Codec.PLAIN, Codec.LZ4, Codec.ZSTD));
  }

  private static Digest digest(int first) {
    byte[] bytes = new byte[Digest.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return Digest.of(bytes);
  }

  private static Blob blob(int... bytes) {
    byte[] content = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      content[i] = (byte) bytes[i];
    }
    return Blob.of(content);
  }

  private static ByteBuffer bytes(int length, int first) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      bytes.put((byte) (first + i));
    }
    return bytes.flip();
  }

  static Map<String, Message> all() {
    Map<String, Message> all = new LinkedHashMap<>();
    link(all);
    control(all);
    log(all);
    sync(all);
    all.put("join-request", new JoinMessage.JoinRequest(blob(1, 2, 3)));
    all.put("join-reply", new JoinMessage.JoinReply(blob(4, 5)));
    front(all);
    service(all);
    return all;
  }

  private static void link(Map<String, Message> all) {
    all.put("hello-control", hello(Hello.Purpose.of(LinkClass.CONTROL)));
    all.put("hello-log", hello(Hello.Purpose.of(LinkClass.LOG, RESOURCE)));
    all.put(
        "hello-lane",
        hello(
            Hello.Purpose.of(LinkClass.LOG, RESOURCE)
                .on(new Hello.Lane(0x0123456789ABCDEFL, 2, 4))));
    all.put("refused", new LinkMessage.Refused(RefusalCode.CLONED_NODE, "twice"));
    all.put("alive", new LinkMessage.Alive(7));
    all.put("probe", new LinkMessage.Probe(7));
    all.put("bye", new LinkMessage.Bye("stopping"));
  }

  private static void control(Map<String, Message> all) {
    all.put("gossip", new ControlMessage.Gossip(blob(9, 8, 7)));
    all.put("ask", new ControlMessage.Ask(0x1122334455667788L, "join-resource", blob(1)));
    all.put("answer", new ControlMessage.Answer(2, ControlMessage.Outcome.REFUSED, blob(0xff)));
    all.put("ping", new ControlMessage.Ping(3, 0x0001020304050607L));
    all.put("pong", new ControlMessage.Pong(3, -2));
  }

  private static void log(Map<String, Message> all) {
    Position position = new Position(5, 0x0a0b0c0d40L, EPOCH);
    all.put("fetch-from", new LogMessage.FetchFrom(position, 1 << 24));
    all.put(
        "log-run",
        new LogMessage.LogRun(position, true, Optional.empty(), Payload.plain(bytes(8, 0x30))));
    all.put(
        "log-run-lz4",
        new LogMessage.LogRun(
            position, false, Optional.empty(), new Payload(Codec.LZ4, 4096, bytes(5, 0x50))));
    all.put("durable-at", new LogMessage.DurableAt(0x1000, 0x0605040302010000L));
    all.put("progress", new LogMessage.Progress(0x2000, 0x1fc0, 0, true));
    all.put("gone", new LogMessage.Gone(0x4000));
    all.put("diverged", new LogMessage.Diverged("fork at 64"));
  }

  private static void front(Map<String, Message> all) {
    VolumeMessage.Sign sign = new VolumeMessage.Sign(0x11223344, 7);
    all.put(
        "attach",
        new VolumeMessage.Attach(
            NODE, 5, new VolumeMessage.Heard(RESOURCE, 0x11223300, 12), List.of(3L, 9L)));
    all.put(
        "attach-first", new VolumeMessage.Attach(NODE, 1, VolumeMessage.Heard.NOTHING, List.of()));
    VolumeMessage.Work write =
        new VolumeMessage.Work(VolumeMessage.Kind.WRITE, true, 2, 0x0102030400L, 8);
    all.put("request-write", new VolumeMessage.Request(4, sign, write, Payload.plain(bytes(4, 1))));
    VolumeMessage.Work read =
        new VolumeMessage.Work(VolumeMessage.Kind.READ, false, 0, 4096, 65536);
    all.put("request-read", new VolumeMessage.Request(5, sign, read, Payload.plain(bytes(0, 0))));
    VolumeMessage.Work unmap =
        new VolumeMessage.Work(VolumeMessage.Kind.UNMAP, false, 0, 4096, 1L << 33);
    all.put("request-unmap", new VolumeMessage.Request(6, sign, unmap, Payload.plain(bytes(0, 0))));
    VolumeMessage.Work flush = new VolumeMessage.Work(VolumeMessage.Kind.FLUSH, false, 1, 0, 0);
    all.put("request-flush", new VolumeMessage.Request(7, sign, flush, Payload.plain(bytes(0, 0))));
    all.put("piece", new VolumeMessage.Piece(sign, Payload.plain(bytes(4, 5))));
    all.put("cancel", new VolumeMessage.Cancel(4, sign));
    all.put("pulse", new VolumeMessage.Pulse(sign));
  }

  private static void service(Map<String, Message> all) {
    all.put(
        "attached",
        new VolumeMessage.Attached(
            RESOURCE,
            new VolumeMessage.EpochSeen(EPOCH, CLUSTER, true),
            true,
            0x11223355,
            new VolumeMessage.Credit(1024, 16 << 20),
            List.of(
                new VolumeMessage.VolumeShape(1L << 40, WriteCache.DURABLE),
                new VolumeMessage.VolumeShape(1L << 30, WriteCache.FLUSH))));
    for (VolumeMessage.Outcome outcome : VolumeMessage.Outcome.values()) {
      all.put("reply-" + outcome.code(), new VolumeMessage.Reply(4, outcome));
    }
    all.put("found", new VolumeMessage.Found(5, false, Payload.plain(bytes(4, 0x10))));
    all.put("found-last", new VolumeMessage.Found(5, true, Payload.plain(bytes(3, 0x14))));
    all.put("tick", new VolumeMessage.Tick(0x11223366));
    all.put(
        "resized",
        new VolumeMessage.Resized(1, new VolumeMessage.VolumeShape(1L << 31, WriteCache.FLUSH)));
    all.put("moved", new VolumeMessage.Moved());
    all.put("reset", new VolumeMessage.Reset(7, 1));
    all.put("wasReset", new VolumeMessage.WasReset(7));
  }

  private static void sync(Map<String, Message> all) {
    ChunkExtent extent = new ChunkExtent(3, 0x0102030000L, 65536);
    ChunkStamp stamp = new ChunkStamp(0x7fc0, EPOCH);
    all.put(
        "chunk-request", new SyncMessage.ChunkRequest(1, extent, 0x40, Optional.of(digest(0x10))));
    all.put("chunk-request-blind", new SyncMessage.ChunkRequest(2, extent, 0, Optional.empty()));
    all.put("chunk-equal", new SyncMessage.ChunkEqual(1, stamp));
    all.put("chunk-data", new SyncMessage.ChunkData(2, stamp, Payload.plain(bytes(4, 0x60))));
    all.put(
        "chunk-data-zstd",
        new SyncMessage.ChunkData(2, stamp, new Payload(Codec.ZSTD, 65536, bytes(3, 0x70))));
    all.put("chunk-zero", new SyncMessage.ChunkZero(3, stamp));
    all.put(
        "chunk-refused",
        new SyncMessage.ChunkRefused(4, SyncMessage.ChunkRefusal.TOO_OLD, "at 0x40"));
  }
}
