package io.tharsis.server.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the ring does itself and what it hands on, on a real file. */
class RingDiskTest {

  private static final int BLOCK = RingDisk.ALIGNMENT_BYTES;
  private static final int SIZE = 16 << 20;

  @TempDir Path directory;

  private Path file;
  private RingLoop loop;
  private CountedDisk delegate;
  private Disk disk;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(IoUring.isAvailable(), "no io_uring here");
    file = directory.resolve("log");
    try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
      sized.setLength(SIZE);
    }
    loop = new RingLoop();
    delegate = new CountedDisk(loop.owner(), SIZE);
    disk = open(RingDisk.Writes.DIRECT);
  }

  private Disk open(RingDisk.Writes writes) throws Exception {
    return loop.await(() -> RingDisk.open(file, delegate, loop.loop(), loop.owner(), writes));
  }

  @AfterEach
  void close() throws Exception {
    if (loop != null) {
      loop.await(disk::close);
      loop.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  void alignedWriteGoesThroughTheRingAndIsInTheFile(Durability durability) throws Exception {
    ByteBuffer block = random(3 * BLOCK, 1);

    write(List.of(Extent.of(2L * BLOCK, block)), durability);

    assertThat(inFile(2 * BLOCK, 3 * BLOCK)).isEqualTo(bytes(block));
    assertThat(delegate.writes).isZero();
  }

  @Test
  void gatherOfMoreBuffersThanOneCallTakesIsWrittenWhole() throws Exception {
    int buffers = 2 * VectorPool.MAX_BUFFERS + 3;
    ByteBuffer all = random(buffers * BLOCK, 2);
    List<ByteBuffer> parts = new ArrayList<>();
    for (int i = 0; i < buffers; i++) {
      parts.add(all.slice(i * BLOCK, BLOCK));
    }

    write(List.of(new Extent(BLOCK, parts)), Durability.DURABLE);

    assertThat(inFile(BLOCK, buffers * BLOCK)).isEqualTo(bytes(all));
    assertThat(parts).allMatch(part -> part.remaining() == BLOCK);
  }

  @Test
  void severalExtentsEndTogether() throws Exception {
    ByteBuffer first = random(BLOCK, 3);
    ByteBuffer second = random(2 * BLOCK, 4);

    write(List.of(Extent.of(5L * BLOCK, second), Extent.of(0, first)), Durability.DURABLE);

    assertThat(inFile(0, BLOCK)).isEqualTo(bytes(first));
    assertThat(inFile(5 * BLOCK, 2 * BLOCK)).isEqualTo(bytes(second));
  }

  @Test
  void readSeesWhatWasWrittenAndLeavesThePosition() throws Exception {
    write(List.of(Extent.of(0, random(BLOCK, 5))), Durability.DURABLE);
    read(0, 100);
    ByteBuffer newer = random(BLOCK, 6);

    write(List.of(Extent.of(0, newer)), Durability.DURABLE);
    ByteBuffer seen = read(7, 100);

    assertThat(bytes(seen)).isEqualTo(bytes(newer.slice(7, 100)));
    assertThat(seen.position()).isZero();
    assertThat(delegate.reads).isZero();
  }

  @Test
  void nothingIsReportedBeforeTheCallThatStartedItHasReturned() throws Exception {
    List<String> order = new ArrayList<>();

    loop.await(() -> {
      Async<Void> written =
          Async.start(done ->
              disk.write(List.of(Extent.of(0, random(BLOCK, 7))), Durability.DURABLE, done));
      Async<Boolean> ended = written.map(done -> order.add("ended"));
      order.add("returned");
      return ended;
    });

    assertThat(order).containsExactly("returned", "ended");
  }

  @Test
  void moreInFlightThanTheFirstTableHolds() throws Exception {
    int operations = 3000;
    ByteBuffer all = random(operations * BLOCK, 8);
    loop.await(() -> {
      Async<Void> last = Async.done();
      for (int i = 0; i < operations; i++) {
        Extent extent = Extent.of((long) i * BLOCK, all.slice(i * BLOCK, BLOCK));
        Async<Void> one =
            Async.start(done -> disk.write(List.of(extent), Durability.BUFFERED, done));
        Async<Void> earlier = last;
        last = one.then(written -> earlier);
      }
      return last.then(written -> Async.start(disk::sync));
    });

    assertThat(inFile(0, operations * BLOCK)).isEqualTo(bytes(all));
    assertThat(delegate.syncs).isZero();
  }

  @Test
  void whatIsNotAlignedIsHandedOn() {
    ByteBuffer two = random(2 * BLOCK, 9);
    List<Extent> cases =
        List.of(
            Extent.of(512, two.slice(0, BLOCK)),
            Extent.of(0, two.slice(0, 512)),
            Extent.of(0, two.slice(512, BLOCK)),
            Extent.of(SIZE, two.slice(0, BLOCK)));

    for (Extent extent : cases) {
      assertThatThrownBy(() -> write(List.of(extent), Durability.DURABLE))
          .isInstanceOf(IOException.class)
          .hasMessage("delegated");
    }
    assertThat(delegate.writes).isEqualTo(cases.size());
    assertThat(file).hasSize(SIZE);
  }

  @Test
  void readBehindTheEndIsHandedOn() {
    assertThatThrownBy(() -> read(SIZE - 10, 11)).hasMessage("delegated");
  }

  @Test
  void fileThatHasShrunkIsAnErrorAndNotZeros() throws Exception {
    try (RandomAccessFile shrunk = new RandomAccessFile(file.toFile(), "rw")) {
      shrunk.setLength(BLOCK);
    }

    assertThatThrownBy(() -> read(BLOCK - 1, 2)).isInstanceOf(IOException.class);
  }

  @Test
  void delegatedWritesKeepOnlyReadsOnTheRing() throws Exception {
    loop.await(disk::close);
    disk = open(RingDisk.Writes.DELEGATED);

    assertThat(bytes(read(1, 10))).containsOnly(0);
    assertThatThrownBy(() -> write(List.of(Extent.of(0, random(BLOCK, 1))), Durability.DURABLE))
        .hasMessage("delegated");
    assertThatThrownBy(() -> loop.await(() -> Async.start(disk::sync))).hasMessage("delegated");
  }

  @Test
  void closeClosesTheDelegateAndEveryDescriptor() throws Exception {
    loop.await(disk::close);

    assertThat(delegate.closes).isOne();
    assertThat(openDescriptors()).isZero();
    disk = open(RingDisk.Writes.DIRECT);
    assertThat(openDescriptors()).isEqualTo(2);
  }

  @Test
  void missingFileSaysWhichAndWhy() throws Exception {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() ->
            loop.await(() ->
                RingDisk.open(
                    missing, delegate, loop.loop(), loop.owner(), RingDisk.Writes.DIRECT)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining("No such file");
  }

  private long openDescriptors() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(link -> file.equals(target(link))).count();
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException closedMeanwhile) {
      return link;
    }
  }

  private void write(List<Extent> extents, Durability durability) throws Exception {
    loop.await(() -> Async.start(done -> disk.write(extents, durability, done)));
  }

  private ByteBuffer read(long offset, int lengthBytes) throws Exception {
    ByteBuffer into = ByteBuffer.allocateDirect(lengthBytes);
    loop.await(() -> Async.start(done -> disk.read(into, offset, done)));
    return into;
  }

  private byte[] inFile(int offset, int lengthBytes) throws IOException {
    byte[] found = new byte[lengthBytes];
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
      opened.seek(offset);
      opened.readFully(found);
    }
    return found;
  }

  private static ByteBuffer random(int lengthBytes, long seed) {
    byte[] content = new byte[lengthBytes];
    new Random(seed).nextBytes(content);
    ByteBuffer buffer = ByteBuffer.allocateDirect(lengthBytes + BLOCK).alignedSlice(BLOCK);
    return buffer.put(0, content).slice(0, lengthBytes);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] content = new byte[buffer.remaining()];
    buffer.get(buffer.position(), content);
    return content;
  }
}
