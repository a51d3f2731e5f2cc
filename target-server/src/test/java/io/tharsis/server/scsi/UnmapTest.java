package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.volume.VolumeFault;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** UNMAP and its parameter list. */
class UnmapTest {

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  /** A parameter list of pairs of first block and number of blocks. */
  private static byte[] list(long... pairs) {
    ByteBuffer list = ByteBuffer.allocate(8 + pairs.length * 8);
    list.putShort((short) (6 + pairs.length * 8)).putShort((short) (pairs.length * 8)).putInt(0);
    for (int i = 0; i < pairs.length; i += 2) {
      list.putLong(pairs[i]).putInt((int) pairs[i + 1]).putInt(0);
    }
    return list.array();
  }

  private Outcome unmap(byte[] list) {
    return unmap(list.length, list);
  }

  private Outcome unmap(int listLength, byte[] list) {
    return bench.out("42 00 00 00 00 00 00 %04x 00".formatted(listLength), list).run();
  }

  @Test
  void rangesReadAsZerosAndNothingElseDoes() {
    bench.volume.fill(0, bench.volume.content().length, 1);
    assertThat(unmap(list(1, 2, 8, 1)).verdict()).isEqualTo("GOOD");
    byte[] content = bench.volume.content();
    assertThat(content[511]).isEqualTo((byte) 1);
    assertThat(Arrays.copyOfRange(content, 512, 1536)).containsOnly((byte) 0);
    assertThat(content[1536]).isEqualTo((byte) 1);
    assertThat(Arrays.copyOfRange(content, 4096, 4608)).containsOnly((byte) 0);
    assertThat(content[4608]).isEqualTo((byte) 1);
  }

  @Test
  void nothingToDoIsGood() {
    assertThat(bench.none("42 00 00 00 00 00 00 00 00 00").run().verdict()).isEqualTo("GOOD");
    assertThat(unmap(list()).verdict()).isEqualTo("GOOD");
    assertThat(unmap(list(Bench.BLOCKS, 0, 0, 0)).verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).isEmpty();
  }

  @Test
  void asManyDescriptorsAsAnnouncedButNotMore() {
    long[] pairs = new long[2 * 256];
    for (int i = 0; i < 256; i++) {
      pairs[2 * i] = i;
      pairs[2 * i + 1] = 1;
    }
    assertThat(unmap(list(pairs)).verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).hasSize(256);
    Outcome tooMany = unmap(list(Arrays.copyOf(pairs, 2 * 257)));
    assertThat(tooMany.verdict()).isEqualTo("5/26/00");
    assertThat(tooMany.pointer()).isEqualTo("data 2");
  }

  @Test
  void nothingIsUnmappedWhenOneRangeIsWrong() {
    assertThat(unmap(list(0, 1, Bench.BLOCKS, 1)).verdict()).isEqualTo("5/21/00");
    assertThat(unmap(list(0, 1, -1, 1)).verdict()).isEqualTo("5/21/00");
    Outcome tooLong = unmap(list(0, 1, 0, 1 << 20));
    assertThat(tooLong.verdict()).isEqualTo("5/26/00");
    assertThat(tooLong.pointer()).isEqualTo("data 32");
    assertThat(bench.volume.started).isEmpty();
  }

  @Test
  void listsThatAreTooShortAreRefused() {
    assertThat(unmap(7, new byte[7]).verdict()).isEqualTo("5/1a/00");
    assertThat(unmap(24, new byte[4]).verdict()).isEqualTo("5/1a/00");
    assertThat(unmap(24, Arrays.copyOf(list(0, 1), 20)).verdict()).isEqualTo("5/1a/00");
    assertThat(unmap(8, list(0, 1)).verdict()).isEqualTo("5/1a/00");
    byte[] lies = list(0, 1);
    lies[1] = 6;
    assertThat(unmap(lies).verdict()).isEqualTo("5/26/00");
    assertThat(bench.volume.started).isEmpty();
  }

  @Test
  void anchoringIsRefused() {
    Outcome outcome = bench.none("42 01 00 00 00 00 00 00 08 00").run();
    assertThat(outcome.pointer()).isEqualTo("cdb 1.0");
  }

  @Test
  void oneFailedRangeFailsTheCommandWhenAllHaveEnded() {
    bench.volume.hold();
    Outcome outcome = bench.out("42 00 00 00 00 00 00 00 28 00", list(0, 1, 8, 1)).run();
    bench.volume.complete(1);
    bench.owner.runAll();
    assertThat(outcome.pending()).isTrue();
    bench.volume.fail(VolumeFault.SPACE_EXHAUSTED);
    bench.volume.completeAll();
    assertThat(outcome.verdict()).isEqualTo("7/27/07");
  }
}
