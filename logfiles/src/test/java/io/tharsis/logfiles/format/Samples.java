package io.tharsis.logfiles.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** Values that the tests of the format share. */
final class Samples {

  static final UUID RESOURCE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  static final UUID OTHER_RESOURCE = UUID.fromString("ffffffff-4455-6677-8899-aabbccddeeff");
  static final UUID EPOCH_ID = UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  static final UUID PARENT_ID = UUID.fromString("10000000-0000-4000-8000-000000000001");
  static final UUID NODE = UUID.fromString("20000000-0000-4000-8000-000000000002");
  static final UUID INCARNATION = UUID.fromString("30000000-0000-4000-8000-000000000003");
  static final Digest DIGEST =
      new Digest(
          0x0001020304050607L, 0x08090a0b0c0d0e0fL, 0x1011121314151617L, 0x18191a1b1c1d1e1fL);
  static final RecordSeed SEED = RecordSeed.of(RESOURCE, EPOCH_ID, 7);

  private Samples() {}

  static Epoch epoch() {
    return new Epoch(
        3, EPOCH_ID, Epoch.Kind.RECOVERY, 1 << 20, new Epoch.Parent(PARENT_ID, 1 << 20));
  }

  static LogfileHeader header() {
    return new LogfileHeader(
        RESOURCE,
        new LogfileHeader.Shape(7, 5 << 20, 64 << 20, 4096, new LogfileHeader.Features(0, 5)),
        new LogfileHeader.Writer(NODE, "host-ä", INCARNATION, 0x0123456789abcdefL),
        epoch(),
        new LogfileHeader.Predecessor((5 << 20) - 512, DIGEST));
  }

  static Checkpoint checkpoint(long sequence) {
    return new Checkpoint(
        RESOURCE,
        sequence,
        new Checkpoint.Progress(4096, 8192, 3, EPOCH_ID),
        List.of(
            DiskStamp.of(0, 1L << 30, "inode 42 born 2026-11-20"),
            DiskStamp.of(5, 1L << 40, "a very long identity of a disk that is cut somewhere here")),
        List.of(new AppliedRange(0, 4096, 512, 0xcafebabe), new AppliedRange(5, 0, 65536, 1)));
  }

  static Poison poison() {
    return new Poison(RESOURCE, "log-000000007-host", 12288, 1795600000000L, "EIO on fdatasync");
  }

  static StateSnapshot state() {
    Epoch first = new Epoch(2, PARENT_ID, Epoch.Kind.FIRST, 0, Epoch.Parent.NONE);
    return new StateSnapshot(
        List.of(
            new StateSnapshot.VolumeState(0, NODE, 1L << 30, false, Blob.EMPTY),
            new StateSnapshot.VolumeState(
                3, INCARNATION, 1L << 40, true, Blob.of(new byte[] {1, 2, 3, 4, 5}))),
        Lineage.NONE.with(first).with(epoch()));
  }

  static Summary summary() {
    byte[] reversed = DIGEST.bytes();
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = (byte) (31 - i);
    }
    RegionSet first = new RegionSet();
    first.add(17, 1);
    first.add(200L << 16, 4196L << 16);
    RegionSet second = new RegionSet();
    second.add((1L << 46) + 0xFFFF, 2);
    TreeMap<Integer, RegionSet> touched = new TreeMap<>();
    touched.put(0, first);
    touched.put(5, second);
    return new Summary(
        RESOURCE,
        new Summary.Piece(7, EPOCH_ID, 5 << 20, (7 << 20) + 64),
        DIGEST,
        new DigestIndex(6 << 20, List.of(DIGEST, Digest.of(reversed))),
        touched);
  }

  static DirtyRegions dirtyRegions(long sequence) {
    RegionSet first = new RegionSet();
    first.add(0, 3 << 16);
    first.add(200L << 16, 300L << 16);
    RegionSet second = new RegionSet();
    second.add(1L << 46, 1);
    TreeMap<Integer, RegionSet> regions = new TreeMap<>();
    regions.put(0, first);
    regions.put(5, second);
    return new DirtyRegions(
        RESOURCE, sequence, new DirtyRegions.Stamp((5 << 20) + 64, EPOCH_ID), regions);
  }

  /** The bytes of a golden file: lines of an offset and up to 32 bytes, zeros left out. */
  static byte[] golden(String name) throws IOException {
    try (InputStream in = Samples.class.getResourceAsStream(name + ".hex")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      for (String line : text.lines().toList()) {
        int offset = HexFormat.fromHexDigits(line, 0, 4);
        bytes.write(new byte[offset - bytes.size()]);
        bytes.write(HexFormat.of().parseHex(line.substring(5)));
      }
      return bytes.toByteArray();
    }
  }

  static ByteBuffer block() {
    return ByteBuffer.allocateDirect(4096);
  }

  /** A WRITE record of {@code payloadBytes} at index 0 of a buffer that ends with it. */
  static ByteBuffer record(int payloadBytes) {
    ByteBuffer payload = ByteBuffer.allocateDirect(payloadBytes);
    for (int i = 0; i < payloadBytes; i++) {
      payload.put(i, (byte) (i * 7 + 1));
    }
    ByteBuffer log = ByteBuffer.allocateDirect(RecordHeader.totalBytes(payloadBytes));
    new RecordWriter(SEED, 3)
        .begin(RecordType.WRITE, 1 << 20)
        .flags(RecordFlags.FUA)
        .extent(5, 0x1122334455667788L, payloadBytes)
        .stamp(0x0123456789abcdefL, (1 << 20) - 128)
        .write(log, 0, payload);
    return log;
  }
}
