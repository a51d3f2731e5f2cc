package io.tharsis.it.initiator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Bytes of SPC-4 and SBC-3, written out by hand. */
class CdbTest {

  @Test
  void everyFieldIsWhereTheStandardPutsIt() {
    assertThat(Cdb.testUnitReady()).hasToString("00 00 00 00 00 00");
    assertThat(Cdb.inquiry(0x1234)).hasToString("12 00 00 12 34 00");
    assertThat(Cdb.inquiryVpd(0x83, 255)).hasToString("12 01 83 00 ff 00");
    assertThat(Cdb.readCapacity16(32))
        .hasToString("9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00");
    assertThat(Cdb.read10(0x8090_a0b0L, 0xc0d0)).hasToString("28 00 80 90 a0 b0 00 c0 d0 00");
    assertThat(Cdb.write10(0x0102_0304L, 8, false)).hasToString("2a 00 01 02 03 04 00 00 08 00");
    assertThat(Cdb.write10(1, 8, true)).hasToString("2a 08 00 00 00 01 00 00 08 00");
    assertThat(Cdb.read16(0x0102_0304_0506_0708L, 0x1112_1314))
        .hasToString("88 00 01 02 03 04 05 06 07 08 11 12 13 14 00 00");
    assertThat(Cdb.write16(0x0102_0304_0506_0708L, 0x1112_1314, true))
        .hasToString("8a 08 01 02 03 04 05 06 07 08 11 12 13 14 00 00");
    assertThat(Cdb.synchronizeCache10(0, 0)).hasToString("35 00 00 00 00 00 00 00 00 00");
    assertThat(Cdb.unmap(24)).hasToString("42 00 00 00 00 00 00 00 18 00");
    assertThat(Cdb.raw(0xfe, 1, 2)).hasToString("fe 01 02");
  }

  @Test
  void whatDoesNotFitItsFieldIsRefused() {
    assertThatThrownBy(() -> Cdb.read10(0x1_0000_0000L, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Cdb.write10(0, 0x1_0000, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Cdb.inquiry(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Cdb.raw(new int[17])).isInstanceOf(IllegalArgumentException.class);
  }
}
