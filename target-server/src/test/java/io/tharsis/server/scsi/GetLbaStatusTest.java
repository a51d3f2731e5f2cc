package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GET LBA STATUS, to the byte. */
class GetLbaStatusTest {

  private static final long TWO_TIB = 1L << 32;

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  @Test
  void oneDescriptorReachesFromTheStartToTheEnd() {
    assertThat(ask(0, 24).hex())
        .isEqualTo("00 00 00 14 00 00 00 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00 00 00");
    assertThat(ask(0x123, 512).hex())
        .isEqualTo("00 00 00 14 00 00 00 00 00 00 00 00 00 00 01 23 00 00 06 dd 00 00 00 00");
    assertThat(ask(Bench.BLOCKS - 1, 24).hex())
        .isEqualTo("00 00 00 14 00 00 00 00 00 00 00 00 00 00 07 ff 00 00 00 01 00 00 00 00");
  }

  @Test
  void unmappedBlocksAreAsUnknownAsAllOthers() {
    byte[] list = new byte[24];
    list[1] = 22;
    list[3] = 16;
    list[19] = 8;
    assertThat(bench.out("42 00 00 00 00 00 00 00 18 00", list).run().verdict()).isEqualTo("GOOD");
    assertThat(ask(0, 24).hex()).endsWith("00 00 08 00 00 00 00 00");
  }

  @Test
  void answerIsCutAtTheAllocationLengthAndItsLengthFieldIsNot() {
    String whole = ask(0, 24).hex();
    for (int length = 0; length < 24; length++) {
      Outcome outcome = ask(0, length);
      assertThat(outcome.verdict()).isEqualTo("GOOD");
      assertThat(outcome.data()).hasSize(length);
      assertThat(whole).startsWith(outcome.hex());
    }
  }

  @Test
  void addressesBeyondTheEndAreRefused() {
    for (long lba : new long[] {Bench.BLOCKS, TWO_TIB, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      assertThat(ask(lba, 24).verdict()).as("from %x", lba).isEqualTo("5/21/00");
      assertThat(ask(lba, 0).verdict()).as("from %x", lba).isEqualTo("5/21/00");
    }
  }

  @Test
  void moreThanADescriptorCanSayTakesSeveralIfTheyFit() {
    String first = "00 00 00 00 00 00 00 10 ff ff ff ff 00 00 00 00 ";
    String second = "00 00 00 01 00 00 00 0f 00 00 00 06 00 00 00 00";
    assertThat(built(0x10, TWO_TIB + 21, 40))
        .isEqualTo("00 00 00 24 00 00 00 00 " + first + second);
    assertThat(built(0x10, TWO_TIB + 21, 0xffff_ffffL)).startsWith("00 00 00 24 ");
    assertThat(built(0x10, TWO_TIB + 21, 39)).isEqualTo("00 00 00 14 00 00 00 00 " + first.strip());
    assertThat(built(0x10, TWO_TIB + 15, 40)).isEqualTo("00 00 00 14 00 00 00 00 " + first.strip());
  }

  @Test
  void largestVolumeIsToldInPortions() {
    byte[] data = GetLbaStatusCommand.parameterData(0, Long.MAX_VALUE >> 9, 0xffff_ffffL);
    assertThat(data).hasSize(8 + 256 * 16);
    assertThat(Cdb.u64(data, 8 + 255 * 16)).isEqualTo(255 * 0xffff_ffffL);
    assertThat(Cdb.u32(data, 8 + 255 * 16 + 8)).isEqualTo(0xffff_ffffL);
  }

  private Outcome ask(long lba, int allocationLength) {
    String cdb = "9e 12 %016x %08x 00 00".formatted(lba, allocationLength);
    return bench.in(cdb, allocationLength).run();
  }

  private static String built(long lba, long capacity, long allocationLength) {
    return HexFormat.ofDelimiter(" ")
        .formatHex(GetLbaStatusCommand.parameterData(lba, capacity, allocationLength));
  }
}
