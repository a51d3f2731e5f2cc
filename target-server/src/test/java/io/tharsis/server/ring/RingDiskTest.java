package io.tharsis.server.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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

  @TempDir private Path directory;

  private Path file;
  private RingWorld world;
  private CountedDisk delegate;
  private Disk disk;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(IoUring.isAvailable(), "no io_uring here");
    file = directory.resolve("log");
    world = new RingWorld(directory, RingDisk.Writes.DIRECT);
    disk =
        world.await(() ->
            world.openOnHost("log", SIZE).then(host -> onRing(host, host.directDescriptor())));
  }

  private Async<Disk> onRing(HostDisk host, OptionalInt direct) {
    delegate = new CountedDisk(host);
    return RingDisk.open(
        delegate, new RingDisk.Descriptors(host.descriptor(), direct), world.loop(), world.owner());
  }

  @AfterEach
  void close() throws IOException {
    if (world != null) {
      world.await(disk::close);
      world.close();
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
  void severalExtentsEndOnceWhenTheLastHasEnded() throws Exception {
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      extents.add(Extent.of((long) i * BLOCK, random(BLOCK, i)));
    }
    List<String> ends = new ArrayList<>();

    world.await(() ->
        Async.start(done ->
            disk.write(
                extents,
                Durability.DURABLE,
                Completion.of(
                    () -> {
                      ends.add("succeeded");
                      if (ends.size() == 1) {
                        done.succeeded();
                      }
                    },
                    done::failed))));
    // refused as long as a part of the write is in flight
    world.await(disk::close);
    disk =
        world.await(() ->
            world.openOnHost("log", SIZE).then(host -> onRing(host, host.directDescriptor())));

    assertThat(ends).containsExactly("succeeded");
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

    world.await(() -> {
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
    world.await(() -> {
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
  void whatIsNotAlignedIsHandedOn() throws Exception {
    ByteBuffer two = random(2 * BLOCK, 9);
    List<Extent> cases =
        List.of(
            Extent.of(512, two.slice(0, BLOCK)),
            Extent.of(0, two.slice(0, 512)),
            Extent.of(0, two.slice(512, BLOCK)));

    for (Extent extent : cases) {
      write(List.of(extent), Durability.DURABLE);
      assertThat(inFile((int) extent.offset(), (int) extent.lengthBytes()))
          .isEqualTo(bytes(extent.from().getFirst()));
    }
    assertThat(delegate.writes).isEqualTo(cases.size());
  }

  @Test
  void directWriteBehindTheEndIsABugAndDoesNotGrowTheFile() {
    assertThatThrownBy(() -> write(List.of(Extent.of(SIZE, random(BLOCK, 1))), Durability.DURABLE))
        .hasRootCauseInstanceOf(Invariant.Broken.class);
    assertThat(file).hasSize(SIZE);
  }

  @Test
  void fileThatHasShrunkIsAnErrorAndNotZeros() throws Exception {
    try (RandomAccessFile shrunk = new RandomAccessFile(file.toFile(), "rw")) {
      shrunk.setLength(BLOCK);
    }

    assertThatThrownBy(() -> read(BLOCK - 1, 2)).isInstanceOf(IOException.class);
  }

  @Test
  void withoutDirectWritesOnlyReadsAreOnTheRing() throws Exception {
    world.await(disk::close);
    disk =
        world.await(
            () -> world.openOnHost("log", SIZE).then(host -> onRing(host, OptionalInt.empty())));

    read(1, 10);
    write(List.of(Extent.of(0, random(BLOCK, 1))), Durability.DURABLE);
    world.await(() -> Async.start(disk::sync));

    assertThat(delegate.reads).isZero();
    assertThat(delegate.writes).isOne();
    assertThat(delegate.syncs).isOne();
  }

  @Test
  void errorOfTheKernelNamesTheFile() throws Exception {
    world.await(disk::close);
    disk =
        world.await(() ->
            world
                .openOnHost("log", SIZE)
                .then(host -> {
                  delegate = new CountedDisk(host);
                  var closed = new RingDisk.Descriptors(-1, OptionalInt.of(-1));
                  return RingDisk.open(delegate, closed, world.loop(), world.owner());
                }));

    assertThatThrownBy(() -> read(0, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(() -> write(List.of(Extent.of(0, random(BLOCK, 1))), Durability.DURABLE))
        .hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(() -> world.await(() -> Async.start(disk::sync)))
        .hasMessageContaining("Bad file descriptor");
  }

  private void write(List<Extent> extents, Durability durability) throws Exception {
    world.await(() -> Async.start(done -> disk.write(extents, durability, done)));
  }

  private ByteBuffer read(long offset, int lengthBytes) throws Exception {
    ByteBuffer into = ByteBuffer.allocateDirect(lengthBytes);
    world.await(() -> Async.start(done -> disk.read(into, offset, done)));
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
