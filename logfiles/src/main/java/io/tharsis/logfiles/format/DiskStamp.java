package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Which disk a checkpoint speaks of, so that another one in its place is refused.
 *
 * @param volume number of the volume the disk holds
 * @param sizeBytes the disk has at least as many bytes; those at its end that are beyond the volume
 *     are zeros, for the volume to grow into
 * @param fingerprint first 16 bytes of the SHA-256 of the disk's identity
 * @param shown beginning of the identity for people, printable ASCII, at most {@link #SHOWN_BYTES}
 */
public record DiskStamp(int volume, long sizeBytes, UUID fingerprint, String shown) {

  /** Most characters of an identity that are kept for people. */
  public static final int SHOWN_BYTES = 32;

  /** A stamp that can be written. */
  public DiskStamp {
    Invariant.check(0 <= volume && volume <= 0xFFFF, "volume", volume);
    Invariant.check(sizeBytes > 0, "disk size", sizeBytes);
    Invariant.check(shown.matches("[ -~]{0,32}"), "shown identity", shown.length());
  }

  /** The stamp of a disk with this identity. */
  public static DiskStamp of(int volume, long sizeBytes, String identity) {
    String printable = identity.replaceAll("[^ -~]", "?");
    return new DiskStamp(
        volume,
        sizeBytes,
        fingerprintOf(identity),
        printable.substring(0, Math.min(SHOWN_BYTES, printable.length())));
  }

  /** The same disk, of which so many bytes are relied on. */
  public DiskStamp sized(long bytes) {
    return new DiskStamp(volume, bytes, fingerprint, shown);
  }

  /** Whether a disk with this identity is the one that was stamped. */
  public boolean isOf(String identity) {
    return fingerprint.equals(fingerprintOf(identity));
  }

  private static UUID fingerprintOf(String identity) {
    byte[] hash = sha256().digest(identity.getBytes(StandardCharsets.UTF_8));
    return Bits.getUuid(hash, 0);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
