package io.tharsis.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.FormatException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bulk comes back as it was, and never longer than it says. */
class CompressionTest {

  private static ByteBuffer text(int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      bytes.put((byte) ("a replica is a prefix ".charAt(i % 22) + (i / 4096 & 3)));
    }
    return bytes.flip();
  }

  private static ByteBuffer noise(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void whatIsCompressedComesBack(Codec codec) throws FormatException {
    for (int length : new int[] {0, 1, 2, 511, 4096, 65_536, Wire.MAX_BULK_BYTES}) {
      for (ByteBuffer plain : new ByteBuffer[] {text(length), noise(length)}) {
        Payload payload = Compression.compress(plain, codec);
        assertThat(payload.stored().remaining()).isLessThanOrEqualTo(length);
        assertThat(Compression.expand(payload)).isEqualTo(plain);
      }
    }
  }

  @Test
  void bytesOfDirectBuffersAndOfTheMiddleOfBuffersComeBack() throws FormatException {
    ByteBuffer direct =
        ByteBuffer.allocateDirect(10_000).put(text(10_000)).position(17).limit(9000);
    for (Codec codec : Codec.values()) {
      assertThat(Compression.expand(Compression.compress(direct, codec))).isEqualTo(direct);
      assertThat(direct.position()).isEqualTo(17);
    }
  }

  @Test
  void textShrinksAndNoiseTravelsPlain() {
    for (Codec codec : new Codec[] {Codec.LZ4, Codec.ZSTD}) {
      Payload shrunk = Compression.compress(text(65_536), codec);
      assertThat(shrunk.codec()).isEqualTo(codec);
      assertThat(shrunk.stored().remaining()).isLessThan(10_000);
      assertThat(Compression.compress(noise(65_536), codec).codec()).isEqualTo(Codec.PLAIN);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"LZ4", "ZSTD"})
  void aPayloadThatExpandsToAnotherLengthIsRefused(Codec codec) {
    ByteBuffer stored = Compression.compress(text(100_000), codec).stored();
    for (int said : new int[] {50_000, 99_999, 100_001, Wire.MAX_BULK_BYTES}) {
      Payload lie = new Payload(codec, said, stored);
      assertThatThrownBy(() -> Compression.expand(lie)).isInstanceOf(FormatException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"LZ4", "ZSTD"})
  void damageIsRefusedOrExpandsToTheSaidLength(Codec codec) {
    Payload sound = Compression.compress(text(20_000), codec);
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      byte[] stored = new byte[sound.stored().remaining()];
      sound.stored().get(stored);
      stored[random.nextInt(stored.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        ByteBuffer plain = Compression.expand(new Payload(codec, 20_000, ByteBuffer.wrap(stored)));
        assertThat(plain.remaining()).isEqualTo(20_000);
      } catch (FormatException refused) {
        assertThat(refused).hasMessageContaining("payload");
      }
    }
  }
}
