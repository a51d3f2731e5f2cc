package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * The first 4 KiB of a logfile: which piece of which stream it is, who wrote it, and what came
 * before. Written once, before the first record, and never changed. {@code docs/formats/logfile.md}
 * draws it.
 *
 * @param resourceId whose log it is
 * @param shape where in the stream it is and how it is laid out
 * @param writer who wrote it
 * @param epoch in which it was written
 * @param predecessor what the stream held before it
 */
public record LogfileHeader(
    UUID resourceId, Shape shape, Writer writer, Epoch epoch, Predecessor predecessor) {

  /** Bytes of the header; the record at the base LSN follows. */
  public static final int BYTES = Block.BYTES;

  /** Most bytes of a node name in UTF-8; what is longer is cut. */
  public static final int MAX_NAME_BYTES = 254;

  static final long MAGIC = Block.magic("THARSISL");

  static final int AT_NUMBER = 32;
  static final int AT_BASE_LSN = 40;
  static final int AT_SIZE = 48;
  static final int AT_BLOCK_BYTES = 56;
  static final int AT_KEY_ID = 60;
  static final int AT_NODE = 64;
  static final int AT_INCARNATION = 80;
  static final int AT_EPOCH = 96;
  static final int AT_CREATED = 152;
  static final int AT_PREDECESSOR_END = 160;
  static final int AT_INCOMPATIBLE = 168;
  static final int AT_COMPATIBLE = 176;
  static final int AT_RESERVED = 184;
  static final int AT_PREDECESSOR_DIGEST = 192;
  static final int AT_NODE_NAME = 224;
  static final int AT_EXTENSION = 512;

  /**
   * Where a logfile is in the stream and how it is laid out.
   *
   * @param number position among the logfiles of the resource, from 1
   * @param baseLsn LSN of its first record, a multiple of 64
   * @param sizeBytes size of the file, this header included
   * @param blockBytes 512 or 4096: batches end on a multiple of it
   * @param features what a reader must or may know besides
   */
  public record Shape(
      long number, long baseLsn, long sizeBytes, int blockBytes, Features features) {
    /** A shape that can be. */
    public Shape {
      Invariant.check(number > 0, "logfile number", number);
      Invariant.check(blockBytes == 512 || blockBytes == 4096, "log block size", blockBytes);
      Invariant.check(baseLsn >= 0 && baseLsn % RecordHeader.BYTES == 0, "base LSN", baseLsn);
      Invariant.check(
          sizeBytes > BYTES && sizeBytes % blockBytes == 0, "logfile size", sizeBytes, blockBytes);
      Invariant.check(baseLsn <= Long.MAX_VALUE - sizeBytes, "end of logfile", baseLsn, sizeBytes);
    }
  }

  /**
   * Feature bits of a logfile; this version knows none.
   *
   * @param incompatible a reader that does not know all of them must not read the file
   * @param compatible a reader may ignore what it does not know
   */
  public record Features(long incompatible, long compatible) {
    /** What this version writes. */
    public static final Features NONE = new Features(0, 0);
  }

  /**
   * Who wrote a logfile.
   *
   * @param nodeId the node
   * @param nodeName how people call it; cut to {@link #MAX_NAME_BYTES} on the disk
   * @param incarnation the start of the node's daemon that wrote it
   * @param createdAt hybrid time, see {@link HybridClock}
   */
  public record Writer(UUID nodeId, String nodeName, UUID incarnation, long createdAt) {}

  /**
   * What the stream held before a logfile.
   *
   * @param endLsn where the logfile before it ended
   * @param digest chain digest up to there; {@link Digest#NONE} too if the writer's own history is
   *     damaged below its checkpoint, and it cannot tell
   */
  public record Predecessor(long endLsn, Digest digest) {
    /** Of the first logfile of a resource. */
    public static final Predecessor NONE = new Predecessor(0, Digest.NONE);

    /** An end, and the digest there. */
    public Predecessor {
      Invariant.check(endLsn >= 0, "predecessor's end", endLsn);
    }

    /** Whether a log with this digest at that end, if it is known, may be continued by it. */
    public boolean mayFollow(Optional<Digest> ours) {
      return digest.equals(Digest.NONE) || ours.filter(known -> !known.equals(digest)).isEmpty();
    }
  }

  /** A header whose parts fit each other. */
  public LogfileHeader {
    Invariant.check(
        epoch.startLsn() <= shape.baseLsn,
        "logfile before its epoch",
        epoch.startLsn(),
        shape.baseLsn);
    Invariant.check(
        predecessor.endLsn <= shape.baseLsn,
        "logfile before predecessor's end",
        predecessor.endLsn,
        shape.baseLsn);
  }

  /** Number of the logfile, from 1. */
  public long number() {
    return shape.number;
  }

  /** LSN of the first record. */
  public long baseLsn() {
    return shape.baseLsn;
  }

  /** The LSN that does not fit any more: every record ends at or before it. */
  public long limitLsn() {
    return shape.baseLsn + shape.sizeBytes - BYTES;
  }

  /**
   * Where in the file the byte at {@code lsn} is, which lies between base and limit (inclusive).
   */
  public long fileOffset(long lsn) {
    Invariant.check(baseLsn() <= lsn && lsn <= limitLsn(), "LSN outside logfile", lsn, number());
    return BYTES + lsn - shape.baseLsn;
  }

  /** The LSN of the byte at {@code fileOffset}, which lies behind the header. */
  public long lsnAt(long fileOffset) {
    Invariant.check(
        BYTES <= fileOffset && fileOffset <= shape.sizeBytes,
        "offset in logfile",
        fileOffset,
        number());
    return shape.baseLsn + fileOffset - BYTES;
  }

  /** What ties the records of this logfile to it. */
  public RecordSeed seed() {
    return RecordSeed.of(resourceId, epoch.id(), shape.number);
  }

  /** The name of the file. */
  public LogfileName name() {
    return LogfileName.of(shape.number, writer.nodeName);
  }

  /** Writes the header, {@link #BYTES} bytes from index {@code at}. */
  public void encode(ByteBuffer into, int at) {
    byte[] bytes = Block.begin(MAGIC, resourceId);
    Bits.putLong(bytes, AT_NUMBER, shape.number);
    Bits.putLong(bytes, AT_BASE_LSN, shape.baseLsn);
    Bits.putLong(bytes, AT_SIZE, shape.sizeBytes);
    Bits.putInt(bytes, AT_BLOCK_BYTES, shape.blockBytes);
    Bits.putUuid(bytes, AT_NODE, writer.nodeId);
    Bits.putUuid(bytes, AT_INCARNATION, writer.incarnation);
    epoch.put(bytes, AT_EPOCH);
    Bits.putLong(bytes, AT_CREATED, writer.createdAt);
    Bits.putLong(bytes, AT_PREDECESSOR_END, predecessor.endLsn);
    Bits.putLong(bytes, AT_INCOMPATIBLE, shape.features.incompatible);
    Bits.putLong(bytes, AT_COMPATIBLE, shape.features.compatible);
    predecessor.digest.put(bytes, AT_PREDECESSOR_DIGEST);
    Block.putText(bytes, AT_NODE_NAME, writer.nodeName, MAX_NAME_BYTES);
    Block.seal(bytes, into, at);
  }

  /** Reads the header at index {@code at}, of whatever resource; never throws. */
  public static Reading<LogfileHeader> decode(ByteBuffer from, int at) {
    return Block.open(from, at, MAGIC, LogfileHeader::read);
  }

  /**
   * Reads the header at index {@code at} of a file that should be of this resource; never throws.
   */
  public static Reading<LogfileHeader> decode(ByteBuffer from, int at, UUID resourceId) {
    return decode(from, at).ownedBy(resourceId, LogfileHeader::resourceId);
  }

  private static LogfileHeader read(UUID resourceId, byte[] bytes)
      throws FormatException, Block.TooNewException {
    Features features =
        new Features(Bits.getLong(bytes, AT_INCOMPATIBLE), Bits.getLong(bytes, AT_COMPATIBLE));
    if (features.incompatible != 0) {
      throw new Block.TooNewException(
          "unknown feature bits " + Long.toHexString(features.incompatible));
    }
    int keyId = Bits.getInt(bytes, AT_KEY_ID);
    if (keyId != 0) {
      throw new Block.TooNewException("encrypted with key " + Integer.toUnsignedString(keyId));
    }
    Shape shape =
        new Shape(
            Bits.getLong(bytes, AT_NUMBER),
            Bits.getLong(bytes, AT_BASE_LSN),
            Bits.getLong(bytes, AT_SIZE),
            Bits.getInt(bytes, AT_BLOCK_BYTES),
            features);
    Writer writer =
        new Writer(
            Bits.getUuid(bytes, AT_NODE),
            Block.getText(bytes, AT_NODE_NAME, MAX_NAME_BYTES),
            Bits.getUuid(bytes, AT_INCARNATION),
            Bits.getLong(bytes, AT_CREATED));
    Predecessor predecessor =
        new Predecessor(
            Bits.getLong(bytes, AT_PREDECESSOR_END), Digest.get(bytes, AT_PREDECESSOR_DIGEST));
    return new LogfileHeader(resourceId, shape, writer, Epoch.get(bytes, AT_EPOCH), predecessor);
  }
}
