package io.tharsis.logfiles.seam;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One gather write: the remaining bytes of the buffers, in order, go to {@code offset}. The content
 * must not change until the write has completed; positions and limits of the buffers are left as
 * they are.
 *
 * @param offset where the first byte goes, in bytes
 * @param from direct buffers, none empty
 */
public record Extent(long offset, List<ByteBuffer> from) {

  public Extent {
    from = List.copyOf(from);
    Invariant.check(offset >= 0 && !from.isEmpty(), "extent", offset, from.size());
    for (int i = 0; i < from.size(); i++) {
      ByteBuffer buffer = from.get(i);
      Invariant.check(buffer.isDirect() && buffer.hasRemaining(), "buffer of an extent", i);
    }
  }

  /** An extent of one buffer. */
  public static Extent of(long offset, ByteBuffer from) {
    return new Extent(offset, List.of(from));
  }

  /** Bytes this extent writes. */
  public long lengthBytes() {
    long length = 0;
    for (ByteBuffer buffer : from) {
      length += buffer.remaining();
    }
    return length;
  }
}
