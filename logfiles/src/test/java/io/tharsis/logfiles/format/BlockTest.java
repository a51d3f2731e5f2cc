package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all blocks of 4 KiB have in common, and the golden bytes of each. */
class BlockTest {

  enum Kind {
    LOGFILE,
    CHECKPOINT,
    POISON;

    Object value() {
      return switch (this) {
        case LOGFILE -> Samples.header();
        case CHECKPOINT -> Samples.checkpoint(8);
        case POISON -> Samples.poison();
      };
    }

    ByteBuffer encoded() {
      ByteBuffer block = Samples.block();
      switch (this) {
        case LOGFILE -> Samples.header().encode(block, 0);
        case CHECKPOINT -> Samples.checkpoint(8).encode(block, 0);
        case POISON -> Samples.poison().encode(block, 0);
      }
      return block;
    }

    Reading<?> decode(ByteBuffer from) {
      return switch (this) {
        case LOGFILE -> LogfileHeader.decode(from, 0);
        case CHECKPOINT -> Checkpoint.decode(from, 0);
        case POISON -> Poison.decode(from, 0);
      };
    }
  }

  private static byte[] bytes(ByteBuffer block) {
    byte[] bytes = new byte[block.capacity()];
    block.get(0, bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void bytesAreWhatTheDrawingSays(Kind kind) throws IOException {
    String file = kind.name().toLowerCase(Locale.ROOT);
    assertThat(bytes(kind.encoded())).isEqualTo(Samples.golden(file));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsWrittenIsRead(Kind kind) {
    assertThat(kind.decode(kind.encoded())).isEqualTo(new Reading.Sound<>(kind.value()));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyFlippedBitIsNoticed(Kind kind) {
    ByteBuffer block = kind.encoded();
    for (int bit = 0; bit < Block.BYTES * 8; bit++) {
      byte before = block.get(bit / 8);
      block.put(bit / 8, (byte) (before ^ 1 << bit % 8));
      assertThat(kind.decode(block)).as("bit %d", bit).isInstanceOf(Reading.Corrupt.class);
      block.put(bit / 8, before);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyTruncationIsCorrupt(Kind kind) {
    ByteBuffer block = kind.encoded();
    for (int length = 0; length < Block.BYTES; length++) {
      assertThat(kind.decode(block.limit(length))).isInstanceOf(Reading.Corrupt.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void zerosAreBlank(Kind kind) {
    assertThat(kind.decode(Samples.block())).isEqualTo(new Reading.Blank<>());
    ByteBuffer almost = Samples.block();
    almost.put(4095, (byte) 1);
    assertThat(kind.decode(almost)).isInstanceOf(Reading.Corrupt.class);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aTornBlockIsCorrupt(Kind kind) {
    ByteBuffer block = kind.encoded();
    for (int sector = 0; sector < 8; sector++) {
      ByteBuffer torn = Samples.block();
      torn.put(0, block, 0, 4096);
      for (int i = 0; i < 512; i++) {
        torn.put(sector * 512 + i, (byte) 0x5A);
      }
      assertThat(kind.decode(torn)).isInstanceOf(Reading.Corrupt.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aNewerVersionIsTold(Kind kind) {
    byte[] bytes = bytes(kind.encoded());
    bytes[Block.AT_VERSION] = 9;
    assertThat(kind.decode(resealed(bytes))).isInstanceOf(Reading.Sound.class);
    bytes[Block.AT_OLDEST_READER] = 2;
    assertThat(kind.decode(resealed(bytes))).isInstanceOf(Reading.TooNew.class);
  }

  /** Sound checksums do not make sense of nonsense: no bytes at all make a reader throw. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void nonsenseNeverThrows(Kind kind) {
    Random random = new Random(42);
    byte[] sound = bytes(kind.encoded());
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = sound.clone();
      if (round % 2 == 0) {
        random.nextBytes(bytes);
        System.arraycopy(sound, 0, bytes, 0, 16);
      } else {
        int at = 32 + random.nextInt(1200);
        bytes[at] = (byte) random.nextInt();
        bytes[at + 1] = (byte) random.nextInt();
      }
      refused += kind.decode(resealed(bytes)) instanceof Reading.Sound ? 0 : 1;
      random.nextBytes(bytes);
      assertThat(kind.decode(ByteBuffer.wrap(bytes))).isInstanceOf(Reading.Corrupt.class);
    }
    assertThat(refused).isPositive();
  }

  @Test
  void anotherResourceIsForeign() {
    UUID mine = Samples.RESOURCE;
    UUID other = Samples.OTHER_RESOURCE;
    assertThat(LogfileHeader.decode(Kind.LOGFILE.encoded(), 0, mine).sound()).isPresent();
    assertThat(LogfileHeader.decode(Kind.LOGFILE.encoded(), 0, other))
        .isEqualTo(new Reading.Foreign<>(mine));
    assertThat(Checkpoint.decode(Kind.CHECKPOINT.encoded(), 0, other))
        .isEqualTo(new Reading.Foreign<>(mine));
    assertThat(Poison.decode(Kind.POISON.encoded(), 0, other))
        .isEqualTo(new Reading.Foreign<>(mine));
  }

  @Test
  void featuresAndKeysWeDoNotKnowAreTooNew() {
    byte[] bytes = bytes(Kind.LOGFILE.encoded());
    bytes[LogfileHeader.AT_KEY_ID] = 1;
    assertThat(LogfileHeader.decode(resealed(bytes), 0).words()).contains("encrypted with key 1");
    bytes[LogfileHeader.AT_KEY_ID] = 0;
    bytes[LogfileHeader.AT_INCOMPATIBLE] = 2;
    assertThat(LogfileHeader.decode(resealed(bytes), 0)).isInstanceOf(Reading.TooNew.class);
    bytes[LogfileHeader.AT_INCOMPATIBLE] = 0;
    bytes[LogfileHeader.AT_COMPATIBLE] = 127;
    bytes[LogfileHeader.AT_EXTENSION] = 1;
    assertThat(LogfileHeader.decode(resealed(bytes), 0)).isInstanceOf(Reading.Sound.class);
  }

  @Test
  void longNamesAreCutBetweenCharacters() {
    LogfileHeader header = Samples.header();
    LogfileHeader.Writer writer =
        new LogfileHeader.Writer(Samples.NODE, "x" + "ä".repeat(200), Samples.INCARNATION, 0);
    ByteBuffer block = Samples.block();
    new LogfileHeader(
            header.resourceId(), header.shape(), writer, header.epoch(), header.predecessor())
        .encode(block, 0);
    assertThat(LogfileHeader.decode(block, 0).sound().orElseThrow().writer().nodeName())
        .isEqualTo("x" + "ä".repeat(126));
  }

  @Test
  void positionsInTheStreamAndInTheFile() {
    LogfileHeader header = Samples.header();
    long base = 5 << 20;
    assertThat(header.fileOffset(base)).isEqualTo(4096);
    assertThat(header.lsnAt(4096)).isEqualTo(base);
    assertThat(header.limitLsn()).isEqualTo(base + (64 << 20) - 4096);
    assertThat(header.fileOffset(header.limitLsn())).isEqualTo(64 << 20);
    assertThatThrownBy(() -> header.fileOffset(base - 64)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> header.lsnAt(0)).isInstanceOf(Invariant.Broken.class);
    assertThat(header.name()).hasToString("log-000000007-host-_");
  }

  private static ByteBuffer resealed(byte[] bytes) {
    ByteBuffer block = Samples.block();
    Block.seal(bytes, block, 0);
    return block;
  }
}
