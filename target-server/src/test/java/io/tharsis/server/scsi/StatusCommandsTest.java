package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.volume.WriteCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** INQUIRY, READ CAPACITY, REPORT LUNS, REQUEST SENSE, TEST UNIT READY, to the byte. */
class StatusCommandsTest {

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  @Test
  void standardInquiryDataIsPinned() {
    assertThat(bench.in("12 00 00 00 ff 00", 255).run().hex())
        .isEqualTo(
            "00 00 06 02 45 30 00 02 54 48 41 52 53 49 53 20 "
                + "56 4f 4c 55 4d 45 20 20 20 20 20 20 20 20 20 20 30 2e 31 20 "
                + "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                + "00 a0 04 60 04 c0 09 60 00 00 00 00 00 00 00 00");
  }

  @Test
  void inquiryDataIsCutAtTheAllocationLengthOf16Bits() {
    assertThat(bench.in("12 00 00 00 05 00", 5).run().hex()).isEqualTo("00 00 06 02 45");
    assertThat(bench.in("12 00 00 02 00 00", 512).run().data()).hasSize(74);
    assertThat(bench.in("12 00 00 00 00 00", 0).run().data()).isEmpty();
  }

  @Test
  void pageCodeWithoutEvpdIsRefused() {
    Outcome outcome = bench.in("12 00 01 00 ff 00", 255).run();
    assertThat(outcome.verdict()).isEqualTo("5/24/00");
    assertThat(outcome.pointer()).isEqualTo("cdb 2");
  }

  @Test
  void obsoleteCmddtIsRefused() {
    assertThat(bench.in("12 02 00 00 ff 00", 255).run().pointer()).isEqualTo("cdb 1.1");
  }

  @Test
  void unknownVpdPageIsRefused() {
    assertThat(bench.in("12 01 b3 00 ff 00", 255).run().pointer()).isEqualTo("cdb 2");
  }

  @Test
  void vpdPagesAreListedInOrderAndEachExists() {
    Outcome list = bench.in("12 01 00 00 ff 00", 255).run();
    assertThat(list.hex()).isEqualTo("00 00 00 06 00 80 83 b0 b1 b2");
    for (int i = 4; i < list.data().length; i++) {
      String cdb = "12 01 %02x 02 00 00".formatted(list.data()[i]);
      Outcome page = bench.in(cdb, 512).run();
      assertThat(page.data()[1]).isEqualTo(list.data()[i]);
      assertThat(page.data()).hasSize(4 + Cdb.u16(page.data(), 2));
    }
  }

  @Test
  void serialNumberPageIsPinned() {
    assertThat(bench.in("12 01 80 00 ff 00", 255).run().hex())
        .isEqualTo(
            "00 80 00 25 38 66 33 63 31 64 32 65 35 61 36 62 34 63 37 64 38 65 39 66 "
                + "61 30 62 31 63 32 64 33 65 34 66 35 2d 30 30 30 30");
  }

  @Test
  void deviceIdentificationPageIsPinned() {
    assertThat(bench.in("12 01 83 00 ff 00", 255).run().hex())
        .isEqualTo(
            "00 83 00 d1 "
                + "01 03 00 08 34 4c c9 c3 28 bf 82 30 "
                + "02 01 00 2d 54 48 41 52 53 49 53 20 38 66 33 63 31 64 32 65 35 61 36 62 "
                + "34 63 37 64 38 65 39 66 61 30 62 31 63 32 64 33 65 34 66 35 2d 30 30 30 30 "
                + "03 08 00 54 69 71 6e 2e 32 30 32 36 2d 31 31 2e 69 6f 2e 74 68 61 72 73 69 73 3a "
                + "38 66 33 63 31 64 32 65 2d 35 61 36 62 2d 34 63 37 64 2d 38 65 39 66 2d "
                + "61 30 62 31 63 32 64 33 65 34 66 35 2c 4c 2c 30 78 "
                + "30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 00 00 00 00 "
                + "51 94 00 04 00 00 01 02 "
                + "51 95 00 04 00 00 01 02 "
                + "53 98 00 28 69 71 6e 2e 32 30 32 36 2d 31 31 2e 69 6f 2e 74 68 61 72 73 69 73 3a "
                + "62 65 6e 63 68 2c 74 2c 30 78 30 31 30 32 00 00 00");
  }

  @Test
  void blockPagesArePinned() {
    assertThat(bench.in("12 01 b0 00 ff 00", 255).run().hex())
        .isEqualTo(
            "00 b0 00 3c 00 00 00 08 00 00 40 00 00 00 08 00 00 00 00 00 00 10 00 00 "
                + "00 00 01 00 00 00 00 08 80 00 00 00"
                + " 00".repeat(28));
    assertThat(bench.in("12 01 b1 00 ff 00", 255).run().hex())
        .isEqualTo("00 b1 00 3c 00 01" + " 00".repeat(58));
    assertThat(bench.in("12 01 b2 00 ff 00", 255).run().hex()).isEqualTo("00 b2 00 04 00 84 02 00");
  }

  @Test
  void capacitiesArePinned() {
    assertThat(bench.in("25 00 00 00 00 00 00 00 00 00", 8).run().hex())
        .isEqualTo("00 00 07 ff 00 00 02 00");
    String cdb16 = "9e 10 00 00 00 00 00 00 00 00 00 00 00 %02x 00 00";
    assertThat(bench.in(cdb16.formatted(32), 32).run().hex())
        .isEqualTo("00 00 00 00 00 00 07 ff 00 00 02 00 00 03 c0 00" + " 00".repeat(16));
    for (int length = 0; length < 32; length++) {
      assertThat(bench.in(cdb16.formatted(length), length).run().data()).hasSize(length);
    }
  }

  @Test
  void unknownServiceActionIsRefused() {
    Outcome outcome = bench.in("9e 13 00 00 00 00 00 00 00 00 00 00 00 20 00 00", 32).run();
    assertThat(outcome.verdict()).isEqualTo("5/24/00");
    assertThat(outcome.pointer()).isEqualTo("cdb 1.4");
  }

  @Test
  void lunsAreReportedOnEveryLun() {
    String luns = "00 00 00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 00 00 00";
    for (long lun : new long[] {0, Bench.LUN_1, Bench.LUN_2}) {
      Outcome outcome = bench.in("a0 00 00 00 00 00 00 00 02 00 00 00", 512).lun(lun).run();
      assertThat(outcome.hex()).isEqualTo(luns);
    }
    assertThat(bench.in("a0 00 02 00 00 00 00 00 00 04 00 00", 4).run().hex())
        .isEqualTo("00 00 00 10");
    assertThat(bench.in("a0 00 01 00 00 00 00 00 00 ff 00 00", 255).run().hex())
        .isEqualTo("00 00 00 00 00 00 00 00");
    assertThat(bench.in("a0 00 10 00 00 00 00 00 00 ff 00 00", 255).run().pointer())
        .isEqualTo("cdb 2");
  }

  @Test
  void absentUnitsSayThatTheyAreAbsent() {
    Outcome inquiry = bench.in("12 00 00 00 24 00", 36).lun(Bench.LUN_1).run();
    assertThat(inquiry.hex()).startsWith("7f 00 06 02");
    assertThat(bench.in("12 01 00 00 ff 00", 255).lun(Bench.LUN_1).run().hex())
        .isEqualTo("7f 00 00 01 00");
    assertThat(bench.in("12 01 83 00 ff 00", 255).lun(Bench.LUN_1).run().verdict())
        .isEqualTo("5/24/00");
    assertThat(bench.none("00 00 00 00 00 00").lun(Bench.LUN_1).run().verdict())
        .isEqualTo("5/25/00");
    assertThat(bench.in("03 00 00 00 fc 00", 252).lun(Bench.LUN_1).run().hex())
        .isEqualTo("70 00 05 00 00 00 00 0a 00 00 00 00 25 00 00 00 00 00");
  }

  @Test
  void requestSenseWithoutAnythingToSay() {
    assertThat(bench.in("03 00 00 00 fc 00", 252).run().hex())
        .isEqualTo("70 00 00 00 00 00 00 0a 00 00 00 00 00 00 00 00 00 00");
    assertThat(bench.in("03 01 00 00 fc 00", 252).run().hex()).isEqualTo("72 00 00 00 00 00 00 00");
  }

  @Test
  void capacityFollowsTheVolumeWhenItChanges() {
    bench.volume.resize(4096);
    bench.volume.cache(WriteCache.FLUSH);
    bench.device.changed(0);
    assertThat(bench.none("00 00 00 00 00 00").run().verdict()).isEqualTo("6/2a/09");
    assertThat(bench.in("25 00 00 00 00 00 00 00 00 00", 8).run().hex())
        .isEqualTo("00 00 0f ff 00 00 02 00");
    assertThat(bench.in("1a 08 08 00 ff 00", 255).run().hex()).startsWith("17 00 10 00 08 12 04");
  }

  @Test
  void nacaIsRefused() {
    Outcome outcome = bench.in("25 00 00 00 00 00 00 00 00 04", 8).run();
    assertThat(outcome.verdict()).isEqualTo("5/24/00");
    assertThat(outcome.pointer()).isEqualTo("cdb 9.2");
  }

  @Test
  void acaTasksAreRefused() {
    assertThat(
            bench
                .none("00 00 00 00 00 00")
                .attribute(ScsiCommand.TaskAttribute.ACA)
                .run()
                .verdict())
        .isEqualTo("5/49/00");
  }
}
