package io.tharsis.replication.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.FormatException;
import java.nio.ByteBuffer;
import java.util.Optional;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * Makes payloads of bytes and bytes of payloads. What does not shrink travels plain. What is
 * expanded never becomes longer than the payload says, and a payload cannot say more than {@link
 * Wire#MAX_BULK_BYTES}.
 */
public final class Compression {

  private static final int ZSTD_LEVEL = 1;

  private Compression() {}

  /**
   * The bytes from position to limit as a payload.
   *
   * @param plain at most {@link Wire#MAX_BULK_BYTES}; not to be changed any more
   * @param codec how to compress them; the payload's is plain if that does not make them shorter
   */
  public static Payload compress(ByteBuffer plain, Codec codec) {
    Optional<ByteBuffer> shorter =
        plain.remaining() < 2
            ? Optional.empty()
            : switch (codec) {
              case PLAIN -> Optional.empty();
              case LZ4 -> lz4(bytes(plain));
              case ZSTD -> zstd(bytes(plain));
            };
    return shorter
        .map(stored -> new Payload(codec, plain.remaining(), stored))
        .orElseGet(() -> Payload.plain(plain));
  }

  /**
   * The bytes of a payload.
   *
   * @return a view if they travelled plain, else a buffer of their own
   * @throws FormatException if they cannot be expanded to what the payload says
   */
  public static ByteBuffer expand(Payload payload) throws FormatException {
    return switch (payload.codec()) {
      case PLAIN -> payload.stored();
      case LZ4 -> expandLz4(payload);
      case ZSTD -> expandZstd(payload);
    };
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static Optional<ByteBuffer> lz4(byte[] plain) {
    byte[] stored = new byte[plain.length - 1];
    try {
      int length =
          LZ4Factory.fastestInstance()
              .fastCompressor()
              .compress(plain, 0, plain.length, stored, 0, stored.length);
      return Optional.of(ByteBuffer.wrap(stored, 0, length));
    } catch (LZ4Exception doesNotFit) {
      return Optional.empty();
    }
  }

  private static Optional<ByteBuffer> zstd(byte[] plain) {
    byte[] stored = new byte[plain.length - 1];
    try {
      long length =
          Zstd.compressByteArray(stored, 0, stored.length, plain, 0, plain.length, ZSTD_LEVEL);
      return Optional.of(ByteBuffer.wrap(stored, 0, (int) length));
    } catch (ZstdException doesNotFit) {
      return Optional.empty();
    }
  }

  private static ByteBuffer expandLz4(Payload payload) throws FormatException {
    byte[] stored = bytes(payload.stored());
    byte[] plain = new byte[payload.plainBytes()];
    int length;
    try {
      length =
          LZ4Factory.fastestInstance()
              .safeDecompressor()
              .decompress(stored, 0, stored.length, plain, 0, plain.length);
    } catch (LZ4Exception e) {
      throw new FormatException(0, "LZ4 payload: " + e.getMessage());
    }
    return whole(plain, length);
  }

  private static ByteBuffer expandZstd(Payload payload) throws FormatException {
    byte[] stored = bytes(payload.stored());
    byte[] plain = new byte[payload.plainBytes()];
    long length;
    try {
      length = Zstd.decompressByteArray(plain, 0, plain.length, stored, 0, stored.length);
    } catch (ZstdException e) {
      throw new FormatException(0, "zstd payload: " + e.getMessage());
    }
    return whole(plain, length);
  }

  private static ByteBuffer whole(byte[] plain, long length) throws FormatException {
    if (length != plain.length) {
      throw new FormatException(0, "payload of " + length + " bytes instead of " + plain.length);
    }
    return ByteBuffer.wrap(plain);
  }
}
