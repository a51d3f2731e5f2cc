package io.tharsis.logfiles.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link Disk} does. */
public abstract class DiskContract {

  private static final int MIB = 1 << 20;
  private static final int SIZE = 4 * MIB;

  private World world;
  private Disk disk;

  /** A fresh world. */
  protected abstract World newWorld() throws IOException;

  @BeforeEach
  void open() throws IOException {
    world = newWorld();
    disk = world.await(() -> world.openSparse("disk", SIZE));
  }

  @AfterEach
  void close() throws IOException {
    world.await(() -> disk.close());
    world.close();
  }

  private static byte[] pattern(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private void write(long offset, byte[] bytes, Durability durability) throws IOException {
    Extent extent = Extent.of(offset, direct(bytes));
    world.run(done -> disk.write(List.of(extent), durability, done));
  }

  private void sync() throws IOException {
    world.run(disk::sync);
  }

  @Test
  void aNewDiskReadsAsZeros() throws IOException {
    assertThat(world.read(disk, SIZE - 5000, 5000)).containsOnly(0);
    assertThat(disk.sizeBytes()).isEqualTo(SIZE);
    assertThat(disk.name()).contains("disk");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsRead(Durability durability) throws IOException {
    for (int length : new int[] {1, 511, 512, 4096, 5000, 300_000, 2 * MIB}) {
      for (long offset : new long[] {0, 4096, 777, SIZE - length}) {
        byte[] bytes = pattern(length, length);
        write(offset, bytes, durability);
        assertThat(world.read(disk, offset, length)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void aPartOfASectorLeavesTheRestAlone() throws IOException {
    write(0, pattern(1, 2048), Durability.BUFFERED);
    write(700, new byte[10], Durability.DURABLE);
    byte[] expected = pattern(1, 2048);
    Arrays.fill(expected, 700, 710, (byte) 0);
    assertThat(world.read(disk, 0, 2048)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void aGatherWriteKeepsTheOrderOfManyBuffers(Durability durability) throws IOException {
    byte[] whole = pattern(3, 100 * 3000);
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int at = 0; at < whole.length; at += 100) {
      buffers.add(direct(Arrays.copyOfRange(whole, at, at + 100)));
    }
    world.run(done -> disk.write(List.of(new Extent(4096, buffers)), durability, done));
    assertThat(world.read(disk, 4096, whole.length)).isEqualTo(whole);
  }

  @ParameterizedTest
  @EnumSource
  void severalExtentsAreOneWrite(Durability durability) throws IOException {
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      extents.add(Extent.of(i * 100_000L, direct(pattern(i, 4096))));
    }
    world.run(done -> disk.write(extents, durability, done));
    for (int i = 0; i < 20; i++) {
      assertThat(world.read(disk, i * 100_000L, 4096)).isEqualTo(pattern(i, 4096));
    }
  }

  @Test
  void alignedDurableWritesAreRead() throws IOException {
    ByteBuffer aligned = ByteBuffer.allocateDirect(3 * 4096).alignedSlice(4096).limit(8192);
    aligned.put(0, pattern(5, 8192));
    Extent extent = Extent.of(8192, aligned);
    world.run(done -> disk.write(List.of(extent), Durability.DURABLE, done));
    assertThat(world.read(disk, 8192, 8192)).isEqualTo(pattern(5, 8192));
    sync();
    assertThat(world.read(disk, 8192, 8192)).isEqualTo(pattern(5, 8192));
  }

  @Test
  void positionsAndLimitsAreRespectedAndLeft() throws IOException {
    ByteBuffer from = direct(pattern(6, 1000)).position(100).limit(600);
    world.run(done -> disk.write(List.of(Extent.of(0, from)), Durability.BUFFERED, done));
    assertThat(from.position()).isEqualTo(100);
    assertThat(from.limit()).isEqualTo(600);
    ByteBuffer into = ByteBuffer.allocateDirect(1000).position(300).limit(800);
    world.run(done -> disk.read(into, 0, done));
    assertThat(into.position()).isEqualTo(300);
    assertThat(into.limit()).isEqualTo(800);
    byte[] read = new byte[1000];
    into.clear().get(read);
    byte[] expected = new byte[1000];
    System.arraycopy(pattern(6, 1000), 100, expected, 300, 500);
    assertThat(read).isEqualTo(expected);
  }

  @Test
  void punchedRangesReadAsZeros() throws IOException {
    write(0, pattern(7, MIB), Durability.DURABLE);
    world.run(done -> disk.punch(new Range(5000, 500_000), done));
    byte[] expected = pattern(7, MIB);
    Arrays.fill(expected, 5000, 500_000, (byte) 0);
    assertThat(world.read(disk, 0, MIB)).isEqualTo(expected);
    world.run(done -> disk.punch(new Range(700_001, 700_002), done));
    expected[700_001] = 0;
    sync();
    assertThat(world.read(disk, 0, MIB)).isEqualTo(expected);
  }

  @Test
  void onlyWhatWasWrittenIsAllocated() throws IOException {
    assertThat(world.await(disk::allocated)).isEmpty();
    write(MIB, pattern(8, 4096), Durability.DURABLE);
    write(3L * MIB, pattern(9, 8192), Durability.DURABLE);
    assertThat(world.await(disk::allocated))
        .containsExactly(new Range(MIB, MIB + 4096), new Range(3L * MIB, 3L * MIB + 8192));
    world.run(done -> disk.punch(new Range(MIB, MIB + 4096), done));
    sync();
    assertThat(world.await(disk::allocated)).containsExactly(new Range(3L * MIB, 3L * MIB + 8192));
    assertThat(world.await(disk::freeBytes)).isPositive();
  }

  @Test
  void overlappingOperationsAllEnd() throws IOException {
    int count = 200;
    List<Async<Void>> started = new ArrayList<>();
    List<ByteBuffer> reads = new ArrayList<>();
    world.await(() -> {
      for (int i = 0; i < count; i++) {
        Extent extent = Extent.of(i * 4096L, direct(pattern(i, 4096)));
        Durability durability = i % 3 == 0 ? Durability.DURABLE : Durability.BUFFERED;
        ByteBuffer into = ByteBuffer.allocateDirect(4096);
        reads.add(into);
        long offset = i * 4096L;
        started.add(
            Async.start((Completion done) -> disk.write(List.of(extent), durability, done))
                .then(written -> Async.start(done -> disk.read(into, offset, done))));
        started.add(Async.start(disk::sync));
      }
      return Async.forEach(started, operation -> operation);
    });
    for (int i = 0; i < count; i++) {
      assertThat(reads.get(i)).isEqualTo(direct(pattern(i, 4096)));
    }
  }

  @Test
  void overlappingWritesLeaveOneOfThem() throws IOException {
    List<Async<Void>> started = new ArrayList<>();
    world.await(() -> {
      for (int i = 1; i <= 16; i++) {
        byte[] bytes = new byte[512];
        Arrays.fill(bytes, (byte) i);
        Extent extent = Extent.of(0, direct(bytes));
        started.add(Async.start(done -> disk.write(List.of(extent), Durability.BUFFERED, done)));
      }
      return Async.forEach(started, operation -> operation);
    });
    byte[] read = world.read(disk, 0, 512);
    assertThat(read[0]).isBetween((byte) 1, (byte) 16);
    assertThat(read).containsOnly(read[0]);
  }

  @Test
  void aCompletionNeverRunsBeforeTheCallHasReturned() throws IOException {
    write(0, pattern(1, 4096), Durability.BUFFERED);
    List<String> order = new ArrayList<>();
    ByteBuffer into = ByteBuffer.allocateDirect(4096);
    world.await(() -> {
      Async<Void> ended =
          Async.start(done ->
              disk.read(
                  into,
                  0,
                  Completion.of(
                      () -> {
                        order.add(world.owner().isCurrent() ? "on the owner" : "elsewhere");
                        done.succeeded();
                      },
                      done::failed)));
      order.add("returned");
      return ended;
    });
    assertThat(order).containsExactly("returned", "on the owner");
  }

  @Test
  void outsideTheDiskIsABug() {
    ByteBuffer into = ByteBuffer.allocateDirect(512);
    refused(done -> disk.read(into, SIZE - 511, done));
    refused(done -> disk.read(into, -1, done));
    refused(done -> disk.read(into, Long.MAX_VALUE, done));
    refused(done -> disk.read(into.slice(0, 0), 0, done));
    refused(done -> disk.read(ByteBuffer.allocate(512), 0, done));
    Extent beyond = Extent.of(SIZE, into);
    refused(done -> disk.write(List.of(beyond), Durability.BUFFERED, done));
    refused(done -> disk.write(List.of(), Durability.BUFFERED, done));
    refused(done -> disk.punch(new Range(0, SIZE + 1), done));
  }

  private void refused(java.util.function.Consumer<Completion> operation) {
    assertThatThrownBy(() ->
            world.await(() -> {
              assertThatThrownBy(() -> operation.accept(NEVER))
                  .isInstanceOf(Invariant.Broken.class);
              return Async.failed(new IOException("refused as expected"));
            }))
        .hasMessage("refused as expected");
  }

  private static final Completion NEVER =
      Completion.of(
          () -> {
            throw new AssertionError("succeeded");
          },
          cause -> {
            throw new AssertionError("failed", cause);
          });

  @Test
  void aSecondOpeningIsRefusedUntilTheFirstIsClosed() throws IOException {
    write(0, pattern(2, 512), Durability.BUFFERED);
    String identity = disk.identity();
    assertThatThrownBy(() -> world.await(() -> world.openSparse("disk", SIZE)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("disk")
        .hasMessageContaining("already in use");
    world.await(() -> disk.close());
    disk = world.await(() -> world.openSparse("disk", SIZE));
    assertThat(world.read(disk, 0, 512)).isEqualTo(pattern(2, 512));
    assertThat(disk.identity()).isEqualTo(identity);
  }

  @Test
  void anotherDiskHasAnotherIdentity() throws IOException {
    Disk other = world.await(() -> world.openSparse("other", SIZE));
    assertThat(other.identity()).isNotEqualTo(disk.identity());
    world.await(other::close);
  }

  @Test
  void aFileGrowsAndWhatIsNewIsZeros() throws IOException {
    byte[] before = pattern(9, 4096);
    write(SIZE - 4096, before, Durability.BUFFERED);
    world.await(() -> disk.grow(SIZE + MIB));
    assertThat(disk.sizeBytes()).isEqualTo(SIZE + MIB);
    assertThat(world.read(disk, SIZE - 4096, 4096)).isEqualTo(before);
    assertThat(world.read(disk, SIZE, MIB)).containsOnly(0);
    write(SIZE + MIB - 512, pattern(3, 512), Durability.DURABLE);
    assertThat(world.read(disk, SIZE + MIB - 512, 512)).isEqualTo(pattern(3, 512));
    world.run(done -> disk.punch(new Range(SIZE, SIZE + MIB), done));
    assertThat(world.read(disk, SIZE, MIB)).containsOnly(0);
    world.await(() -> disk.grow(SIZE));
    assertThat(disk.sizeBytes()).isEqualTo(SIZE + MIB);
    String identity = disk.identity();
    world.await(() -> disk.close());
    disk = world.await(() -> world.openSparse("disk", SIZE + MIB));
    assertThat(disk.sizeBytes()).isEqualTo(SIZE + MIB);
    assertThat(disk.identity()).isEqualTo(identity);
  }
}
