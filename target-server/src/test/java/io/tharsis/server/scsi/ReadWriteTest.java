package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** READ, WRITE and SYNCHRONIZE CACHE in all their lengths. */
class ReadWriteTest {

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  private static byte[] blocks(int count, int value) {
    byte[] bytes = new byte[count * 512];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "0a 00 00 05 02 00, 08 00 00 05 02 00",
    "2a 00 00 00 00 05 00 00 02 00, 28 00 00 00 00 05 00 00 02 00",
    "aa 00 00 00 00 05 00 00 00 02 00 00, a8 00 00 00 00 05 00 00 00 02 00 00",
    "8a 00 00 00 00 00 00 00 00 05 00 00 00 02 00 00,"
        + " 88 00 00 00 00 00 00 00 00 05 00 00 00 02 00 00"
  })
  void whatIsWrittenIsRead(String write, String read) {
    byte[] data = blocks(2, 0x61);
    assertThat(bench.out(write, data).run().verdict()).isEqualTo("GOOD");
    assertThat(bench.in(read, 1024).run().data()).isEqualTo(data);
    assertThat(bench.volume.started).containsExactly("write 2560+1024", "read 2560+1024");
    assertThat(bench.volume.content()[2559]).isZero();
    assertThat(bench.volume.content()[3584]).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "28 00 00 00 08 00 00 00 01 00", // the block after the last one
        "28 00 00 00 07 ff 00 00 02 00", // one block too many
        "28 00 00 00 08 00 00 00 00 00", // nothing, but beyond the end
        "28 00 00 00 08 01 00 00 00 00",
        "28 00 ff ff ff ff 00 00 00 00",
        "2a 00 00 00 08 00 00 00 01 00",
        "a8 00 00 00 00 00 ff ff ff ff 00 00",
        "88 00 ff ff ff ff ff ff ff ff 00 00 00 01 00 00",
        "8a 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00",
        "88 00 7f ff ff ff ff ff ff ff ff ff ff ff 00 00",
        "08 1f ff ff 01 00",
        "35 00 00 00 08 00 00 00 01 00",
        "91 00 ff ff ff ff ff ff ff ff 00 00 00 01 00 00"
      })
  void blocksBeyondTheEndAreRefused(String cdb) {
    Outcome outcome = bench.in(cdb, 512).run();
    assertThat(outcome.verdict()).isEqualTo("5/21/00");
    assertThat(bench.volume.started).isEmpty();
  }

  @Test
  void lastBlockCanBeReadAndWritten() {
    assertThat(bench.out("2a 00 00 00 07 ff 00 00 01 00", blocks(1, 7)).run().verdict())
        .isEqualTo("GOOD");
    assertThat(bench.in("28 00 00 00 07 ff 00 00 01 00", 512).run().data()).isEqualTo(blocks(1, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"28 20 00 00 00 00 00 00 01 00", "aa e0 00 00 00 00 00 00 00 01 00 00"})
  void protectionInformationIsRefused(String cdb) {
    Outcome outcome = bench.in(cdb, 512).run();
    assertThat(outcome.verdict()).isEqualTo("5/24/00");
    assertThat(outcome.pointer()).isEqualTo("cdb 1.7");
    assertThat(outcome.senseHex())
        .isEqualTo("70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 cf 00 01");
  }

  @Test
  void withoutMemoryACommandIsToBeRepeatedAndNothingStaysBehind() {
    bench.allocator.exhausted(true);
    assertThat(bench.in("28 00 00 00 00 00 00 00 08 00", 4096).run().verdict())
        .isEqualTo("TASK SET FULL");
    bench.allocator.exhausted(false);
    assertThat(bench.in("28 00 00 00 00 00 00 00 08 00", 4096).run().verdict()).isEqualTo("GOOD");
    assertThat(bench.buffersInUse()).isZero();
  }

  @Test
  void lengthZeroIs256BlocksInSixBytesAndNothingElsewhere() {
    assertThat(bench.in("08 00 00 00 00 00", 131072).run().data()).hasSize(131072);
    assertThat(bench.out("0a 00 00 00 00 00", blocks(256, 1)).run().verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).containsExactly("read 0+131072", "write 0+131072");
    assertThat(bench.in("28 00 00 00 00 00 00 00 00 00", 0).run().verdict()).isEqualTo("GOOD");
    assertThat(bench.none("2a 00 00 00 00 00 00 00 00 00").run().verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).hasSize(2);
  }

  @Test
  void transfersBeyondTheAnnouncedLimitAreRefused() {
    bench.volume.resize(TransferCheck.MAX_BLOCKS + 1);
    Outcome outcome = bench.in("a8 00 00 00 00 00 00 00 40 01 00 00", 512).run();
    assertThat(outcome.verdict()).isEqualTo("5/24/00");
    assertThat(outcome.pointer()).isEqualTo("cdb 6");
    assertThat(bench.in("a8 00 00 00 00 00 00 00 40 00 00 00", 8 << 20).run().data())
        .hasSize(8 << 20);
  }

  @Test
  void forceUnitAccessReachesTheVolumeAndDpoIsAHint() {
    bench.out("2a 18 00 00 00 00 00 00 01 00", blocks(1, 1)).run();
    bench.out("2a 10 00 00 00 00 00 00 01 00", blocks(1, 1)).run();
    bench.in("28 18 00 00 00 00 00 00 01 00", 512).run();
    bench.volume.cache(WriteCache.FLUSH);
    bench.in("28 08 00 00 00 00 00 00 01 00", 512).run();
    assertThat(bench.volume.started)
        .containsExactly("write 0+512 fua", "write 0+512", "read 0+512", "flush", "read 0+512");
  }

  @Test
  void moreExpectedThanAskedForChangesNothing() {
    assertThat(bench.in("28 00 00 00 00 00 00 00 01 00", 10000).run().data()).hasSize(512);
    Outcome write = bench.out("2a 00 00 00 00 00 00 00 01 00", blocks(2, 9)).run();
    assertThat(write.verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.content()[511]).isEqualTo((byte) 9);
    assertThat(bench.volume.content()[512]).isZero();
  }

  @Test
  void lessExpectedThanAskedForIsNotReadButCounted() {
    bench.volume.fill(0, 4096, 5);
    Outcome part = bench.in("28 00 00 00 00 00 00 00 04 00", 600).run();
    assertThat(part.data()).hasSize(2048);
    assertThat(Arrays.copyOf(part.data(), 600)).containsOnly((byte) 5);
    assertThat(Arrays.copyOfRange(part.data(), 1024, 2048)).containsOnly((byte) 0);
    Outcome none = bench.in("28 00 00 00 00 00 00 00 01 00", 0).run();
    assertThat(none.data()).hasSize(512).containsOnly((byte) 0);
    assertThat(bench.none("28 00 00 00 00 00 00 00 01 00").run().data()).hasSize(512);
    assertThat(bench.volume.started).containsExactly("read 0+1024");
  }

  @Test
  void fewerBytesThanAskedForAreWrittenAsTheyCame() {
    bench.volume.fill(0, 4096, 'a');
    Outcome whole = bench.out("2a 00 00 00 00 00 00 00 02 00", blocks(1, 'b')).run();
    assertThat(whole.verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).containsExactly("write 0+512");
    byte[] fragment = new byte[700];
    Arrays.fill(fragment, (byte) 'c');
    Outcome part = bench.out("2a 08 00 00 00 02 00 00 03 00", fragment).run();
    assertThat(part.verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started)
        .containsExactly("write 0+512", "read 1536+512", "write 1024+1024 fua");
    byte[] content = bench.volume.content();
    assertThat(Arrays.copyOfRange(content, 512, 1024)).containsOnly((byte) 'a');
    assertThat(Arrays.copyOfRange(content, 1024, 1724)).containsOnly((byte) 'c');
    assertThat(Arrays.copyOfRange(content, 1724, 4096)).containsOnly((byte) 'a');
  }

  @Test
  void nothingExpectedMeansNothingWritten() {
    Outcome outcome = bench.out("2a 00 00 00 00 00 00 00 01 00", new byte[0]).run();
    assertThat(outcome.verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).isEmpty();
  }

  @Test
  void dataOutBytesAreTheDescriptorBlocksWhateverIsExpected() {
    ScsiTask task = bench.out("2a 00 00 00 00 00 00 00 02 00", new byte[0]).begin(new Outcome());
    assertThat(task.dataOutBytes()).isEqualTo(1024);
    task.dataOut(bench.buffer(new byte[0]));
    bench.owner.runAll();
  }

  @Test
  void resultNeverComesBeforeTheCallReturns() {
    Outcome read = bench.in("28 00 00 00 00 00 00 00 01 00", 512).send();
    Outcome ready = bench.none("00 00 00 00 00 00").send();
    Outcome empty = bench.out("2a 00 00 00 00 00 00 00 01 00", new byte[0]).send();
    assertThat(read.pending() && ready.pending() && empty.pending()).isTrue();
    bench.owner.runAll();
    assertThat(read.calls() + ready.calls() + empty.calls()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void faultsBecomeSenseData(VolumeFault fault) {
    bench.volume.fail(fault);
    String expected =
        switch (fault) {
          case READ_FAILED -> "f0 00 03 00 00 00 05 0a 00 00 00 00 11 00 00 00 00 00";
          case LOG_STOPPED -> "f0 00 03 00 00 00 05 0a 00 00 00 00 0c 00 00 00 00 00";
          case SPACE_EXHAUSTED -> "70 00 07 00 00 00 00 0a 00 00 00 00 27 07 00 00 00 00";
          case NOT_READY -> "70 00 02 00 00 00 00 0a 00 00 00 00 04 01 00 00 00 00";
          case TRANSITIONING, MOVED -> "70 00 02 00 00 00 00 0a 00 00 00 00 04 0a 00 00 00 00";
          case UNAVAILABLE -> "70 00 02 00 00 00 00 0a 00 00 00 00 04 0c 00 00 00 00";
          case INTERRUPTED -> "70 00 0b 00 00 00 00 0a 00 00 00 00 00 00 00 00 00 00";
        };
    assertThat(bench.in("28 00 00 00 00 05 00 00 01 00", 512).run().senseHex()).isEqualTo(expected);
    assertThat(bench.out("2a 00 00 00 00 05 00 00 01 00", blocks(1, 1)).run().senseHex())
        .isEqualTo(expected);
    assertThat(bench.out("2a 00 00 00 00 05 00 00 01 00", new byte[9]).run().senseHex())
        .isEqualTo(expected);
    assertThat(bench.none("35 00 00 00 00 05 00 00 01 00").run().senseHex()).isEqualTo(expected);
  }

  @Test
  void cachesAreSynchronized() {
    assertThat(bench.none("35 00 00 00 00 00 00 00 00 00").run().verdict()).isEqualTo("GOOD");
    assertThat(bench.none("35 02 00 00 07 ff 00 00 01 00").run().verdict()).isEqualTo("GOOD");
    assertThat(bench.none("91 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00").run().verdict())
        .isEqualTo("GOOD");
    assertThat(bench.volume.started).containsExactly("flush", "flush", "flush");
  }
}
