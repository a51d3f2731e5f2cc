package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;

/**
 * Bulk bytes as they travel. Immutable: the bytes are not changed after they were put in here.
 *
 * @param codec how they are compressed
 * @param plainBytes how many they are when they are not, at most {@value Wire#MAX_BULK_BYTES}
 * @param stored what travels, from its position to its limit
 */
public record Payload(Codec codec, int plainBytes, ByteBuffer stored) {

  /** A payload that fits into a frame and does not grow by being compressed. */
  public Payload {
    Invariant.check(0 <= plainBytes && plainBytes <= Wire.MAX_BULK_BYTES, "payload", plainBytes);
    Invariant.check(
        codec == Codec.PLAIN
            ? stored.remaining() == plainBytes
            : 0 < stored.remaining() && stored.remaining() < plainBytes,
        "stored payload",
        stored.remaining(),
        plainBytes);
    stored = stored.slice();
  }

  /** Bytes as they are. */
  public static Payload plain(ByteBuffer bytes) {
    return new Payload(Codec.PLAIN, bytes.remaining(), bytes);
  }

  /** A view of what travels, with a position of its own. */
  @Override
  public ByteBuffer stored() {
    return stored.duplicate();
  }
}
