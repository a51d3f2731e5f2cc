package io.tharsis.logfiles.format;

/** How a payload is stored. Only {@link #PLAIN} is written and read by this version. */
public enum Codec {
  /** Byte for byte. */
  PLAIN(0),
  /** LZ4 block; recognised, not read. */
  LZ4(1),
  /** Zstandard frame; recognised, not read. */
  ZSTD(2);

  private final int code;

  Codec(int code) {
    this.code = code;
  }

  /** The byte that stands for this codec in a record header. */
  public int code() {
    return code;
  }

  /** Why a payload with this codec byte cannot be read, in words for people. */
  public static String refusal(int code) {
    for (Codec codec : values()) {
      if (codec.code == code) {
        return codec == PLAIN
            ? "plain payloads are read"
            : "payload is compressed with " + codec + ", which this version does not read";
      }
    }
    return "payload has codec " + code + ", which this version does not know";
  }
}
