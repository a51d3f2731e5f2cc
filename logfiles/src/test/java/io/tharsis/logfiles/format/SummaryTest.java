package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Summaries.Touched;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private final Scratch scratch = new Scratch(Summary.MAX_BYTES);

  @AfterEach
  void release() {
    scratch.close();
  }

  private ByteBuffer encoded(Summary summary) {
    summary.encode(scratch);
    ByteBuffer bytes = ByteBuffer.allocate(scratch.sizeBytes());
    scratch.copyTo(bytes, 0);
    return bytes;
  }

  private static List<String> runs(RegionSet set) {
    List<String> runs = new ArrayList<>();
    set.runs((from, to) -> runs.add(from / 65536 + "-" + to / 65536));
    return runs;
  }

  private static void assertSame(Summary found, Summary expected) {
    assertThat(found.resourceId()).isEqualTo(expected.resourceId());
    assertThat(found.piece()).isEqualTo(expected.piece());
    assertThat(found.digest()).isEqualTo(expected.digest());
    assertThat(found.digests()).isEqualTo(expected.digests());
    assertThat(found.touched().keySet()).isEqualTo(expected.touched().keySet());
    found
        .touched()
        .forEach((v, set) -> assertThat(runs(set)).isEqualTo(runs(expected.touched().get(v))));
  }

  @Test
  void bytesAreWhatTheDrawingSays() throws IOException {
    assertThat(encoded(Samples.summary()).array()).isEqualTo(Samples.golden("summary"));
  }

  @Test
  void whatIsWrittenIsReadWhereverItIs() {
    ByteBuffer ring = ByteBuffer.allocate(3 * 4096);
    ring.put(4096, encoded(Samples.summary()), 0, 4096);
    assertThat(Summary.entryBytes(ring, 0)).isZero();
    assertThat(Summary.entryBytes(ring, 4096)).isEqualTo(4096);
    assertSame(
        Summary.decode(ring, 4096, scratch, Samples.RESOURCE).sound().orElseThrow(),
        Samples.summary());
    assertThat(Summary.decode(ring, 4096, scratch, Samples.OTHER_RESOURCE))
        .isInstanceOf(Reading.Foreign.class);
    assertThat(Summary.decode(ring, 0, scratch)).isInstanceOf(Reading.Corrupt.class);
  }

  @Test
  void everyFlippedBitIsNoticed() {
    ByteBuffer bytes = encoded(Samples.summary());
    for (int bit = 0; bit < bytes.capacity() * 8; bit++) {
      byte before = bytes.get(bit / 8);
      bytes.put(bit / 8, (byte) (before ^ 1 << bit % 8));
      assertThat(Summary.decode(bytes, 0, scratch)).isInstanceOf(Reading.Corrupt.class);
      bytes.put(bit / 8, before);
    }
  }

  @Test
  void everyTruncationIsCorrupt() {
    ByteBuffer bytes = encoded(Samples.summary());
    for (int length = 0; length < bytes.capacity(); length += 7) {
      assertThat(Summary.decode(bytes.limit(length), 0, scratch))
          .isInstanceOf(Reading.Corrupt.class);
    }
  }

  @Test
  void nonsenseNeverThrows() {
    Random random = new Random(5);
    byte[] sound = encoded(Samples.summary()).array();
    int refused = 0;
    for (int round = 0; round < 5000; round++) {
      byte[] bytes = sound.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[36 + random.nextInt(180)] = (byte) random.nextInt();
      }
      CRC32C crc = new CRC32C();
      crc.update(bytes, 12, bytes.length - 12);
      Bits.putInt(bytes, 8, (int) crc.getValue());
      Reading<Summary> reading = Summary.decode(ByteBuffer.wrap(bytes), 0, scratch);
      refused += reading instanceof Reading.Sound ? 0 : 1;
    }
    assertThat(refused).isBetween(1, 4999);
  }

  @Test
  void writersAndScannersMakeTheSameSummary() {
    LogfileHeader header = Samples.header();
    Summarizer written = new Summarizer(header);
    Summarizer scanned = new Summarizer(header);
    RecordWriter writer = new RecordWriter(header.seed(), 3);
    RecordView view = new RecordView();
    ByteBuffer log = ByteBuffer.allocateDirect(8192);
    Random random = new Random(9);
    for (int i = 0; i < 2000; i++) {
      long lsn = written.chain().endLsn();
      RecordType type = random.nextBoolean() ? RecordType.WRITE : RecordType.UNMAP;
      long offset = random.nextInt(1 << 20) * 512L;
      writer.begin(type, lsn).extent(random.nextInt(3), offset, 512);
      writer.writeInPlace(log, 0, type.carriesPayload() ? 512 : 0);
      written.add(writer);
      assertThat(view.decode(header.seed(), log, 0, lsn)).isEqualTo(RecordVerdict.OK);
      scanned.add(view);
      writer.begin(RecordType.MARK, written.chain().endLsn()).extent(7, 0, 1 << 20);
      written.add(writerWrote(writer, log));
      view.decode(header.seed(), log, 0, scanned.chain().endLsn());
      scanned.add(view);
    }
    Summary summary = written.finish();
    assertSame(scanned.finish(), summary);
    assertSame(Summary.decode(encoded(summary), 0, scratch).sound().orElseThrow(), summary);
    assertThat(summary.touched().keySet()).containsExactly(0, 1, 2);
    assertThat(summary.piece().baseLsn()).isEqualTo(header.baseLsn());
  }

  private static RecordWriter writerWrote(RecordWriter writer, ByteBuffer log) {
    writer.writeInPlace(log, 0, 0);
    return writer;
  }

  private static Summary piece(long number, long baseLsn, long endLsn, int region) {
    RegionSet set = new RegionSet();
    set.add(region * 65536L, 1);
    TreeMap<Integer, RegionSet> touched = new TreeMap<>();
    touched.put(0, set);
    return new Summary(
        Samples.RESOURCE,
        new Summary.Piece(number, Samples.EPOCH_ID, baseLsn, endLsn),
        Digest.NONE,
        new DigestIndex(1 << 20, List.of()),
        touched);
  }

  private static String touched(long from, long to, Summary... summaries) {
    return switch (Summaries.regionsTouched(List.of(summaries), from, to)) {
      case Touched.Known(var regions) ->
          regions.isEmpty() ? "none" : String.join(" ", runs(regions.get(0)));
      case Touched.Unknown(long missing, String reason) -> "missing " + missing;
    };
  }

  @Test
  void regionsOfAllLogfilesBetweenTwoPlacesAreTold() {
    Summary one = piece(1, 0, 100, 1);
    Summary two = piece(2, 100, 200, 3);
    Summary three = piece(3, 256, 300, 5);
    Summary four = piece(4, 300, 400, 7);
    assertThat(touched(0, 400, four, two, one, three)).isEqualTo("1-2 3-4 5-6 7-8");
    assertThat(touched(100, 300, one, two, three, four)).isEqualTo("3-4 5-6");
    assertThat(touched(99, 101, one, two, three, four)).isEqualTo("1-2 3-4");
    assertThat(touched(200, 250, one, two, three, four)).isEqualTo("none");
    assertThat(touched(7, 7)).isEqualTo("none");
    assertThat(touched(0, 401, one, two, three, four)).isEqualTo("missing 5");
    assertThat(touched(0, 400, two, three, four)).isEqualTo("missing 1");
    assertThat(touched(0, 400, one, two, four)).isEqualTo("missing 3");
    assertThat(touched(250, 300, one, two, four)).isEqualTo("missing 3");
    assertThat(touched(300, 400, four)).isEqualTo("7-8");
    assertThat(touched(299, 400, four)).isEqualTo("missing 3");
    assertThat(touched(0, 1)).isEqualTo("missing 1");
  }

  @Test
  void theLargestSummaryFits() {
    TreeMap<Integer, RegionSet> touched = new TreeMap<>();
    for (int volume = 0; volume < 16; volume++) {
      RegionSet set = new RegionSet();
      for (long i = 0; i < 40_000; i++) {
        set.add(i * 2 * 65536, 1);
      }
      set.add(Long.MAX_VALUE - 1, 1);
      touched.put(volume, set);
    }
    Digest[] digests = Stream.generate(() -> Samples.DIGEST).limit(1 << 17).toArray(Digest[]::new);
    Summary largest =
        new Summary(
            Samples.RESOURCE,
            new Summary.Piece(1, Samples.EPOCH_ID, 0, 1L << 37),
            Digest.NONE,
            new DigestIndex(1 << 20, List.of(digests)),
            touched);
    Reading<Summary> reading = Summary.decode(encoded(largest), 0, scratch);
    Summary found = reading.sound().orElseThrow();
    assertThat(found.digests()).isEqualTo(largest.digests());
    assertThat(found.touched().get(15).contains(79_998L * 65536)).isTrue();
  }
}
