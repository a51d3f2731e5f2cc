package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.volume.WriteCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MODE SENSE (6) and (10), to the byte. */
class ModeSenseTest {

  private static final String CACHING = "08 12 00" + " 00".repeat(17);
  private static final String CONTROL = "0a 0a 00 10 00 00 00 00 ff ff 00 00";
  private static final String EXCEPTIONS = "1c 0a 08 00 00 00 00 00 00 00 00 00";
  private static final String DESCRIPTOR = "00 00 08 00 00 00 02 00";

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  private String six(String bytes1To3) {
    return bench.in("1a " + bytes1To3 + " ff 00", 255).run().hex();
  }

  private String ten(String bytes1To3) {
    return bench.in("5a " + bytes1To3 + " 00 00 00 00 ff 00", 255).run().hex();
  }

  @Test
  void allPagesArePinned() {
    String pages = CACHING + " " + CONTROL + " " + EXCEPTIONS;
    assertThat(six("00 3f 00")).isEqualTo("37 00 10 08 " + DESCRIPTOR + " " + pages);
    assertThat(six("08 3f 00")).isEqualTo("2f 00 10 00 " + pages);
    assertThat(six("08 3f ff")).isEqualTo("2f 00 10 00 " + pages);
    assertThat(ten("00 3f 00")).isEqualTo("00 3a 00 10 00 00 00 08 " + DESCRIPTOR + " " + pages);
    assertThat(ten("08 3f 00")).isEqualTo("00 32 00 10 00 00 00 00 " + pages);
    assertThat(ten("10 3f 00"))
        .isEqualTo(
            "00 42 00 10 01 00 00 10 00 00 00 00 00 00 08 00 00 00 00 00 00 00 02 00 " + pages);
  }

  @Test
  void eachPageCanBeAskedForAlone() {
    assertThat(six("08 08 00")).isEqualTo("17 00 10 00 " + CACHING);
    assertThat(six("08 0a 00")).isEqualTo("0f 00 10 00 " + CONTROL);
    assertThat(six("08 1c 00")).isEqualTo("0f 00 10 00 " + EXCEPTIONS);
    assertThat(six("08 0a ff")).isEqualTo("0f 00 10 00 " + CONTROL);
  }

  @Test
  void nothingIsChangeableAndDefaultsAreCurrent() {
    assertThat(six("08 7f 00"))
        .isEqualTo(
            "2f 00 10 00 " + CACHING + " 0a 0a" + " 00".repeat(10) + " 1c 0a" + " 00".repeat(10));
    assertThat(six("08 bf 00")).isEqualTo(six("08 3f 00"));
  }

  @Test
  void savedValuesDoNotExist() {
    Outcome outcome = bench.in("1a 00 ff 00 ff 00", 255).run();
    assertThat(outcome.verdict()).isEqualTo("5/39/00");
  }

  @Test
  void unknownPagesAndSubpagesAreRefused() {
    Outcome page = bench.in("1a 00 02 00 ff 00", 255).run();
    assertThat(page.verdict()).isEqualTo("5/24/00");
    assertThat(page.pointer()).isEqualTo("cdb 2.5");
    Outcome subpage = bench.in("1a 00 0a 01 ff 00", 255).run();
    assertThat(subpage.verdict()).isEqualTo("5/24/00");
    assertThat(subpage.pointer()).isEqualTo("cdb 3");
  }

  @Test
  void listsAreCutAtTheAllocationLength() {
    assertThat(bench.in("1a 00 3f 00 04 00", 4).run().hex()).isEqualTo("37 00 10 08");
    assertThat(bench.in("1a 00 3f 00 00 00", 0).run().verdict()).isEqualTo("GOOD");
  }

  @Test
  void writeCacheIsTold() {
    bench.volume.cache(WriteCache.FLUSH);
    bench.device.changed(0);
    bench.none("00 00 00 00 00 00").run();
    assertThat(six("08 08 00")).startsWith("17 00 10 00 08 12 04 00");
    assertThat(six("08 48 00")).startsWith("17 00 10 00 08 12 00 00");
  }
}
