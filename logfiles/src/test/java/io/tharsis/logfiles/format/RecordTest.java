package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTest {

  private static final long LSN = 1 << 20;

  private final RecordView view = new RecordView();

  private RecordVerdict decode(ByteBuffer log) {
    return view.decode(Samples.SEED, log, 0, LSN);
  }

  /** Changes a byte of a sound header and gives it a checksum that matches again. */
  private ByteBuffer forged(int at, int... bytes) {
    ByteBuffer log = Samples.record(100);
    for (int i = 0; i < bytes.length; i++) {
      log.put(at + i, (byte) bytes[i]);
    }
    byte[] image = new byte[64];
    log.get(0, image);
    Bits.putInt(image, 4, RecordHeader.crc(new CRC32C(), image, 64, Samples.SEED));
    log.put(0, image);
    return log;
  }

  @Test
  void headerIsWhatTheDrawingSays() {
    byte[] bytes = new byte[64];
    Samples.record(100).get(0, bytes);
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "54685263"
                + "3475a658"
                + "01010100"
                + "05000000"
                + "0000100000000000"
                + "8877665544332211"
                + "6400000000000000"
                + "efcdab8967452301"
                + "64000000"
                + "4bd20689"
                + "02000000"
                + "03000000");
  }

  @Test
  void whatIsWrittenIsRead() {
    ByteBuffer log = Samples.record(100);
    assertThat(decode(log)).isEqualTo(RecordVerdict.OK);
    assertThat(view.checkBody(log, 0)).isEqualTo(RecordVerdict.OK);
    assertThat(view.type()).isEqualTo(RecordType.WRITE);
    assertThat(view.isForceUnitAccess()).isTrue();
    assertThat(view.isAtomicWithNext()).isFalse();
    assertThat(view.volume()).isEqualTo(5);
    assertThat(view.lsn()).isEqualTo(LSN);
    assertThat(view.offset()).isEqualTo(0x1122334455667788L);
    assertThat(view.lengthBytes()).isEqualTo(100);
    assertThat(view.hybridTime()).isEqualTo(0x0123456789abcdefL);
    assertThat(view.durableLsn()).isEqualTo(LSN - 128);
    assertThat(view.epochNumber()).isEqualTo(3);
    assertThat(view.totalBytes()).isEqualTo(192);
    ByteBuffer payload = view.payload(log, 0);
    assertThat(payload.remaining()).isEqualTo(100);
    assertThat(payload.get(99)).isEqualTo((byte) (99 * 7 + 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 512, 4096})
  void everyFlippedBitIsNoticed(int payloadBytes) {
    ByteBuffer log = Samples.record(payloadBytes);
    for (int bit = 0; bit < log.capacity() * 8; bit++) {
      byte before = log.get(bit / 8);
      log.put(bit / 8, (byte) (before ^ 1 << bit % 8));
      RecordVerdict header = decode(log);
      assertThat(bit / 8 < 64 ? header : view.checkBody(log, 0))
          .as("bit %d", bit)
          .isNotEqualTo(RecordVerdict.OK);
      log.put(bit / 8, before);
    }
  }

  @Test
  void everyTruncationIsAVerdict() {
    ByteBuffer log = Samples.record(100);
    for (int length = 0; length < log.capacity(); length++) {
      log.limit(length);
      RecordVerdict header = decode(log);
      assertThat(header).isEqualTo(length < 64 ? RecordVerdict.TRUNCATED : RecordVerdict.OK);
      if (length >= 64) {
        assertThat(view.checkBody(log, 0)).isEqualTo(RecordVerdict.TRUNCATED);
      }
    }
  }

  @Test
  void aRecordOfAnotherLogfileEpochOrResourceIsRefused() {
    ByteBuffer log = Samples.record(100);
    for (RecordSeed other :
        new RecordSeed[] {
          RecordSeed.of(Samples.RESOURCE, Samples.EPOCH_ID, 8),
          RecordSeed.of(Samples.RESOURCE, Samples.PARENT_ID, 7),
          RecordSeed.of(Samples.OTHER_RESOURCE, Samples.EPOCH_ID, 7)
        }) {
      assertThat(view.decode(other, log, 0, LSN)).isEqualTo(RecordVerdict.HEADER_CORRUPT);
    }
  }

  @Test
  void aStaleRecordIsTold() {
    assertThat(view.decode(Samples.SEED, Samples.record(100), 0, LSN + 64))
        .isEqualTo(RecordVerdict.WRONG_LSN);
    assertThat(view.lsn()).isEqualTo(LSN);
  }

  @Test
  void zerosAreNoRecord() {
    assertThat(decode(ByteBuffer.allocate(64))).isEqualTo(RecordVerdict.NOT_A_RECORD);
  }

  @Test
  void aNewerTypeCanBeSkippedIfItSaysSo() {
    assertThat(decode(forged(8, 200))).isEqualTo(RecordVerdict.UNKNOWN_TYPE);
    assertThat(view.isSkippable()).isFalse();
    assertThat(decode(forged(8, 200, 1, 0, 0x80))).isEqualTo(RecordVerdict.UNKNOWN_TYPE);
    assertThat(view.isSkippable()).isTrue();
    assertThat(view.totalBytes()).isEqualTo(192);
    assertThatThrownBy(view::type).isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void newerFlagsReservedBitsAndCodecsAreRefused() {
    assertThat(decode(forged(10, 4))).isEqualTo(RecordVerdict.UNKNOWN_FLAG);
    assertThat(decode(forged(15, 1))).isEqualTo(RecordVerdict.UNKNOWN_FLAG);
    assertThat(decode(forged(14, 1))).isEqualTo(RecordVerdict.UNREADABLE_CODEC);
    assertThat(Codec.refusal(1)).contains("LZ4");
    assertThat(Codec.refusal(2)).contains("ZSTD");
    assertThat(Codec.refusal(9)).contains("9");
  }

  @Test
  void impossibleLengthsAreRefused() {
    assertThat(decode(forged(48, 101))).isEqualTo(RecordVerdict.BAD_LENGTH);
    assertThat(decode(forged(48, 1, 0, 0x80, 0))).isEqualTo(RecordVerdict.BAD_LENGTH);
    assertThat(decode(forged(48, 0, 0, 0, 0x80))).isEqualTo(RecordVerdict.BAD_LENGTH);
    assertThat(view.checkBody(Samples.record(100), 0)).isEqualTo(RecordVerdict.TRUNCATED);
    assertThat(decode(forged(31, 0x80))).isEqualTo(RecordVerdict.BAD_LENGTH);
    assertThat(decode(forged(24, -1, -1, -1, -1, -1, -1, -1, 0x7F)))
        .isEqualTo(RecordVerdict.BAD_LENGTH);
    assertThat(decode(forged(8, RecordType.ZERO.code()))).isEqualTo(RecordVerdict.BAD_LENGTH);
    assertThat(decode(forged(9, 0))).isEqualTo(RecordVerdict.HEADER_CORRUPT);
  }

  @Test
  void anExtendedHeaderIsReadAndItsPayloadFound() {
    ByteBuffer plain = Samples.record(100);
    ByteBuffer log = ByteBuffer.allocate(64 + plain.capacity());
    log.put(0, plain, 0, 64);
    log.put(70, (byte) 9);
    log.put(128, plain, 64, 128);
    byte[] image = new byte[128];
    log.put(RecordHeader.AT_HEADER_UNITS, (byte) 2);
    log.get(0, image);
    log.putInt(4, Integer.reverseBytes(RecordHeader.crc(new CRC32C(), image, 128, Samples.SEED)));
    assertThat(decode(log)).isEqualTo(RecordVerdict.OK);
    assertThat(view.checkBody(log, 0)).isEqualTo(RecordVerdict.OK);
    assertThat(view.totalBytes()).isEqualTo(256);
    assertThat(view.payload(log, 0).get(0)).isEqualTo((byte) 1);
    log.put(70, (byte) 8);
    assertThat(decode(log)).isEqualTo(RecordVerdict.HEADER_CORRUPT);
    log.limit(100);
    assertThat(decode(log)).isEqualTo(RecordVerdict.TRUNCATED);
  }

  @ParameterizedTest
  @EnumSource(RecordType.class)
  void everyTypeIsWrittenWithThePayloadItNeeds(RecordType type) {
    int payloadBytes = type.carriesPayload() ? 512 : 0;
    long lengthBytes = type == RecordType.WRITE ? 512 : type.changesDisk() ? 4096 : 0;
    ByteBuffer log = ByteBuffer.allocate(1024);
    int bytes =
        new RecordWriter(Samples.SEED, 3)
            .begin(type, LSN)
            .extent(0, 0, lengthBytes)
            .write(log, 0, ByteBuffer.allocate(payloadBytes));
    assertThat(bytes).isEqualTo(64 + payloadBytes);
    assertThat(decode(log)).isEqualTo(RecordVerdict.OK);
    assertThat(view.type()).isEqualTo(type);
    assertThat(view.checkBody(log, 0)).isEqualTo(RecordVerdict.OK);
  }

  @Test
  void codesNeverChange() {
    assertThat(Arrays.stream(RecordType.values()).mapToInt(RecordType::code))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(RecordType.isKnown(0)).isFalse();
    assertThat(RecordType.isKnown(9)).isFalse();
    assertThat(Arrays.stream(Codec.values()).mapToInt(Codec::code)).containsExactly(0, 1, 2);
  }

  @Test
  void aPadTakesExactlyWhatIsLeftOfTheBlock() {
    RecordWriter writer = new RecordWriter(Samples.SEED, 3);
    for (int bytes = 64; bytes <= 4096; bytes += 64) {
      ByteBuffer log = ByteBuffer.allocate(4096);
      for (int i = 0; i < 4096; i++) {
        log.put(i, (byte) 0x55);
      }
      assertThat(writer.begin(RecordType.PAD, LSN).writePad(log, 0, bytes)).isEqualTo(bytes);
      assertThat(decode(log)).isEqualTo(RecordVerdict.OK);
      assertThat(view.checkBody(log, 0)).isEqualTo(RecordVerdict.OK);
      assertThat(view.totalBytes()).isEqualTo(bytes);
      assertThat(bytes == 4096 ? 0 : log.get(bytes)).isEqualTo((byte) (bytes == 4096 ? 0 : 0x55));
    }
  }

  @Test
  void theBytesBehindThePayloadBecomeZeros() {
    for (int payloadBytes : new int[] {1, 63, 64, 65, 100}) {
      byte[] dirty = new byte[256];
      Arrays.fill(dirty, (byte) 0x55);
      ByteBuffer log = ByteBuffer.wrap(dirty);
      int bytes =
          new RecordWriter(Samples.SEED, 3)
              .begin(RecordType.MARK, LSN)
              .writeInPlace(log, 0, payloadBytes);
      for (int i = 64; i < dirty.length; i++) {
        boolean padding = 64 + payloadBytes <= i && i < bytes;
        assertThat(dirty[i]).as("byte %d", i).isEqualTo((byte) (padding ? 0 : 0x55));
      }
    }
  }

  @Test
  void aDurableLsnTooFarBehindSaysNothing() {
    ByteBuffer log = ByteBuffer.allocate(64);
    long lsn = 0xFFFF_FFFFL * 64;
    RecordWriter writer = new RecordWriter(Samples.SEED, 3);
    writer.begin(RecordType.MARK, lsn).stamp(0, 64).writeInPlace(log, 0, 0);
    view.decode(Samples.SEED, log, 0, lsn);
    assertThat(view.durableLsn()).isEqualTo(64);
    writer.begin(RecordType.MARK, lsn).stamp(0, 0).writeInPlace(log, 0, 0);
    view.decode(Samples.SEED, log, 0, lsn);
    assertThat(view.durableLsn()).isZero();
    writer.begin(RecordType.MARK, lsn).writeInPlace(log, 0, 0);
    view.decode(Samples.SEED, log, 0, lsn);
    assertThat(view.durableLsn()).isZero();
  }

  @Test
  void positionsLimitsAndNeighboursAreLeftAlone() {
    ByteBuffer log = ByteBuffer.allocate(1024);
    ByteBuffer payload = ByteBuffer.allocate(200).position(50).limit(150);
    log.position(3).limit(700);
    int bytes =
        new RecordWriter(Samples.SEED, 3)
            .begin(RecordType.WRITE, LSN)
            .extent(0, 0, 100)
            .write(log, 128, payload);
    assertThat(log.position()).isEqualTo(3);
    assertThat(log.limit()).isEqualTo(700);
    assertThat(payload.position()).isEqualTo(50);
    assertThat(view.decode(Samples.SEED, log, 128, LSN)).isEqualTo(RecordVerdict.OK);
    assertThat(view.checkBody(log, 128)).isEqualTo(RecordVerdict.OK);
    assertThat(log.limit()).isEqualTo(700);
    for (int i = 0; i < 700; i++) {
      if (i < 128 || i >= 128 + bytes) {
        assertThat(log.get(i)).isZero();
      }
    }
  }

  @Test
  void whatCannotBeIsNotWritten() {
    RecordWriter writer = new RecordWriter(Samples.SEED, 3);
    ByteBuffer log = ByteBuffer.allocate(1024);
    assertThatThrownBy(() -> writer.begin(RecordType.WRITE, 63))
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> writer.begin(RecordType.WRITE, 64).stamp(0, 128))
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> writer.begin(RecordType.WRITE, 64).flags(4))
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(
            () -> writer.begin(RecordType.ZERO, 64).extent(0, 0, 64).writeInPlace(log, 0, 64))
        .isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> writer.begin(RecordType.UNMAP, 64).writeInPlace(log, 0, 0))
        .isInstanceOf(Invariant.Broken.class);
  }
}
