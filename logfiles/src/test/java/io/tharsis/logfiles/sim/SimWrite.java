package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/** A write that has been submitted and has not ended; remembers what was in its buffers. */
final class SimWrite {

  private final List<Extent> extents;
  private final Durability durability;
  private final long digest;

  SimWrite(List<Extent> extents, Durability durability) {
    this.extents = List.copyOf(extents);
    this.durability = durability;
    this.digest = digest();
  }

  List<Extent> extents() {
    return extents;
  }

  Durability durability() {
    return durability;
  }

  /** A digest of the bytes when it was submitted. */
  long submittedDigest() {
    return digest;
  }

  boolean isUnchanged() {
    return digest == digest();
  }

  private long digest() {
    CRC32C crc = new CRC32C();
    long place = 0;
    for (Extent extent : extents) {
      for (ByteBuffer buffer : extent.from()) {
        place = place * 31 + buffer.position();
        place = place * 31 + buffer.limit();
        crc.update(buffer.duplicate());
      }
    }
    return SimRandom.mix(place) ^ crc.getValue();
  }

  static byte[] bytes(Extent extent) {
    byte[] bytes = new byte[Math.toIntExact(extent.lengthBytes())];
    int at = 0;
    for (ByteBuffer buffer : extent.from()) {
      buffer.get(buffer.position(), bytes, at, buffer.remaining());
      at += buffer.remaining();
    }
    return bytes;
  }

  static Range range(Extent extent) {
    return new Range(extent.offset(), extent.offset() + extent.lengthBytes());
  }

  /** Does it, un-synced, for the sectors for which the coin says so. */
  void apply(SimContent content, BooleanSupplier coin) {
    for (Extent extent : extents) {
      content.writeSome(extent.offset(), bytes(extent), coin);
    }
  }

  /**
   * Does it, un-synced, for those sectors of a range for which the coin says so: a reader has met
   * it halfway.
   */
  void applyWithin(Range range, SimContent content, BooleanSupplier coin) {
    for (Extent extent : extents) {
      Range mine = range(extent);
      long from = Math.max(mine.from(), range.from());
      long to = Math.min(mine.to(), range.to());
      if (from < to) {
        byte[] bytes = bytes(extent);
        int at = (int) (from - extent.offset());
        byte[] part = java.util.Arrays.copyOfRange(bytes, at, at + (int) (to - from));
        content.writeSome(from, part, coin);
      }
    }
  }
}
