package io.tharsis.logfiles.format;

/**
 * What a record of the log does. The codes are part of the format and never change their meaning.
 */
public enum RecordType {
  /** The payload is the new content of the extent. */
  WRITE(1, Payload.CONTENT, true),
  /** The payload, one block, is repeated over the extent (WRITE SAME). */
  FILL(2, Payload.PATTERN, true),
  /** The extent becomes zeros and keeps its space. */
  ZERO(3, Payload.NONE, true),
  /** The extent becomes zeros and may give back its space. */
  UNMAP(4, Payload.NONE, true),
  /** The payload is the full state of all volumes, see {@link StateSnapshot}; never a delta. */
  STATE(5, Payload.NEEDED, false),
  /** A bookmark or digest; what it holds is the writer's business. */
  MARK(6, Payload.FREE, false),
  /** Fills a batch up to the end of its log block; the payload is zeros. */
  PAD(7, Payload.FREE, false),
  /** The last record of a logfile that was closed in order. */
  SEAL(8, Payload.FREE, false);

  private enum Payload {
    NONE,
    CONTENT,
    PATTERN,
    NEEDED,
    FREE
  }

  private static final RecordType[] BY_CODE = byCode();

  private final int code;
  private final Payload payload;
  private final boolean changesDisk;

  RecordType(int code, Payload payload, boolean changesDisk) {
    this.code = code;
    this.payload = payload;
    this.changesDisk = changesDisk;
  }

  /** The byte that stands for this type in a record header. */
  public int code() {
    return code;
  }

  /** Whether a record of this type may have a payload. */
  public boolean carriesPayload() {
    return payload != Payload.NONE;
  }

  /** Whether applying a record of this type changes the content of a volume. */
  public boolean changesDisk() {
    return changesDisk;
  }

  /** Whether {@code code} stands for a type of this version of the format. */
  public static boolean isKnown(int code) {
    return 0 < code && code < BY_CODE.length;
  }

  /** The type of a known code, see {@link #isKnown}. */
  static RecordType of(int code) {
    return BY_CODE[code];
  }

  /**
   * Whether the lengths fit this type; what is stored compressed is smaller than its extent.
   *
   * @param payloadBytes stored bytes
   * @param extentBytes bytes of the volume the record is about, not negative
   */
  boolean fits(int payloadBytes, long extentBytes, Codec codec) {
    return switch (payload) {
      case NONE -> payloadBytes == 0 && extentBytes > 0;
      case CONTENT ->
          payloadBytes > 0
              && (codec == Codec.PLAIN ? payloadBytes == extentBytes : payloadBytes < extentBytes);
      case PATTERN ->
          payloadBytes > 0
              && extentBytes > 0
              && (codec != Codec.PLAIN || extentBytes % payloadBytes == 0);
      case NEEDED -> payloadBytes > 0;
      case FREE -> true;
    };
  }

  private static RecordType[] byCode() {
    RecordType[] all = values();
    RecordType[] table = new RecordType[all.length + 1];
    for (RecordType type : all) {
      table[type.code] = type;
    }
    return table;
  }
}
