package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A SHA-256 value: four words, the first bytes in the first, most significant first.
 *
 * @param a bytes 0 to 7
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record Digest(long a, long b, long c, long d) {

  /** Bytes of a value. */
  public static final int BYTES = 32;

  /** The value before anything was written: all zeros. */
  public static final Digest NONE = new Digest(0, 0, 0, 0);

  /** The value of 32 bytes. */
  public static Digest of(byte[] bytes) {
    Invariant.check(bytes.length == BYTES, "digest", bytes.length);
    return get(bytes, 0);
  }

  /** SHA-256 of the remaining bytes, which stay. */
  public static Digest sha256(ByteBuffer bytes) {
    MessageDigest sha = DiskStamp.sha256();
    sha.update(bytes.duplicate());
    return of(sha.digest());
  }

  /** The 32 bytes. */
  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    put(bytes, 0);
    return bytes;
  }

  static Digest get(byte[] bytes, int at) {
    return new Digest(
        Bits.getBigLong(bytes, at),
        Bits.getBigLong(bytes, at + 8),
        Bits.getBigLong(bytes, at + 16),
        Bits.getBigLong(bytes, at + 24));
  }

  void put(byte[] bytes, int at) {
    Bits.putBigLong(bytes, at, a);
    Bits.putBigLong(bytes, at + 8, b);
    Bits.putBigLong(bytes, at + 16, c);
    Bits.putBigLong(bytes, at + 24, d);
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
