package io.tharsis.logfiles.host;

import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Measures what operations of a {@link HostDisk} cost; a program for people, not a test. */
final class HostDiskCost {

  private static final int SIZE = 256 << 20;
  private static final int BLOCK = 4096;

  private final HostWorld world;
  private final SplittableRandom random = new SplittableRandom(1);

  private HostDiskCost(HostWorld world) {
    this.world = world;
  }

  /** Measures in the directory that is the first argument. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    for (HostDisk.Options options : List.of(HostDisk.Options.BUFFERED, HostDisk.Options.DIRECT)) {
      try (HostWorld world = new HostWorld(directory, options)) {
        System.out.println(options.durableWrites());
        new HostDiskCost(world).measure();
      }
    }
  }

  private void measure() throws IOException {
    var store = world.await(world::openStore);
    Disk disk = world.await(() -> store.create("cost", SIZE));
    ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK).alignedSlice(BLOCK).limit(BLOCK);
    ByteBuffer large = ByteBuffer.allocateDirect(128 << 10);
    for (long at = 0; at < SIZE; at += large.capacity()) {
      world.read(disk, at, large.capacity());
    }
    for (int i = 0; i < 3; i++) {
      report("4 KiB read, cached", 400_000, done -> disk.read(block, offset(), done));
      report("128 KiB read, cached", 20_000, done -> disk.read(large, offset(), done));
    }
    for (int i = 0; i < 3; i++) {
      report(
          "4 KiB buffered write",
          40_000,
          done -> disk.write(List.of(Extent.of(offset(), block)), Durability.BUFFERED, done));
      world.run(disk::sync);
      report(
          "4 KiB durable write, one extent",
          4_000,
          done -> disk.write(List.of(Extent.of(offset(), block)), Durability.DURABLE, done));
      report(
          "4 KiB write, then sync on the same thread",
          4_000,
          done -> twoExtents(disk, block, done));
    }
    world.await(disk::close);
    world.await(() -> store.delete("cost"));
  }

  private void twoExtents(Disk disk, ByteBuffer block, Completion done) {
    Extent one = Extent.of(offset(), block.slice(0, BLOCK / 2));
    Extent other = Extent.of(one.offset() + BLOCK / 2, block.slice(BLOCK / 2, BLOCK / 2));
    disk.write(List.of(one, other), Durability.DURABLE, done);
  }

  private long offset() {
    return (long) random.nextInt((SIZE - (128 << 10)) / BLOCK) * BLOCK;
  }

  private void report(String what, int count, Consumer<Completion> operation) throws IOException {
    long[] nanos = new long[count];
    var threads =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = threads.getProcessCpuTime();
    long begun = System.nanoTime();
    world.await(() -> {
      Async<Void> all = new Async<>();
      next(nanos, new int[1], operation, all);
      return all;
    });
    long wall = System.nanoTime() - begun;
    cpu = threads.getProcessCpuTime() - cpu;
    Arrays.sort(nanos);
    System.out.printf(
        "%-45s mean %8.2f us, p50 %8.2f, p99 %8.2f, cpu %8.2f us%n",
        what,
        wall / 1e3 / count,
        nanos[count / 2] / 1e3,
        nanos[count * 99 / 100] / 1e3,
        cpu / 1e3 / count);
  }

  private void next(long[] nanos, int[] done, Consumer<Completion> operation, Async<Void> all) {
    if (done[0] == nanos.length) {
      all.succeed(null);
      return;
    }
    long begun = System.nanoTime();
    operation.accept(
        Completion.of(
            () -> {
              nanos[done[0]++] = System.nanoTime() - begun;
              next(nanos, done, operation, all);
            },
            all::fail));
  }
}
