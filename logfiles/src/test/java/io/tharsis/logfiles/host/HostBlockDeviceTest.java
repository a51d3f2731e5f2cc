package io.tharsis.logfiles.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block device as a disk: a loop device, where the host lets us make one. Needs root. */
class HostBlockDeviceTest {

  private static final int SIZE = 4 << 20;

  @TempDir private Path directory;

  @Test
  void aBlockDeviceIsADisk() throws IOException {
    Path image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    Commands.Outcome made =
        Commands.run(List.of("sh", "-c", "losetup -f --show " + image + " || exit 1"));
    assumeTrue(made.status() == 0, "no loop device: block devices were not tried");
    Path device = Path.of(made.output());
    try (HostWorld world = new HostWorld(directory, HostDisk.Options.DIRECT)) {
      check(world, device);
      checkGrowth(world, device, image);
    } finally {
      assertThat(Commands.succeeds("losetup", "-d", device.toString())).isTrue();
    }
  }

  private static Async<Disk> open(HostWorld world, Path device) {
    return HostDisk.open(device, world.owner(), world.threads(), HostDisk.Options.DIRECT);
  }

  private static void check(HostWorld world, Path device) throws IOException {
    Disk disk = world.await(() -> open(world, device));
    assertThat(disk.sizeBytes()).isEqualTo(SIZE);
    assertThat(disk.identity()).startsWith("block-");
    assertThat(world.await(disk::allocated)).containsExactly(new Range(0, SIZE));
    assertThat(world.await(disk::freeBytes)).isEqualTo(Long.MAX_VALUE);
    assertThatIOException().isThrownBy(() -> world.await(() -> open(world, device)));
    ByteBuffer ones = ByteBuffer.allocateDirect(3 * 4096).alignedSlice(4096).limit(8192);
    for (int i = 0; i < 8192; i++) {
      ones.put(i, (byte) 1);
    }
    List<Extent> extents = List.of(Extent.of(4096, ones));
    world.run(done -> disk.write(extents, Durability.DURABLE, done));
    assertThat(world.read(disk, 4096, 8192)).containsOnly(1);
    world.run(done -> disk.punch(new Range(4096, 8192), done));
    assertThat(world.read(disk, 4096, 4096)).containsOnly(0);
    world.run(done -> disk.punch(new Range(8192, 8193), done));
    assertThat(world.read(disk, 8192, 1)).containsOnly(0);
    assertThat(world.read(disk, 8193, 4095)).containsOnly(1);
    world.await(disk::close);
    Disk again = world.await(() -> open(world, device));
    world.await(again::close);
  }

  /** It is as large as an operator makes it, and not larger. */
  private static void checkGrowth(HostWorld world, Path device, Path image) throws IOException {
    Disk disk = world.await(() -> open(world, device));
    assertThatIOException()
        .isThrownBy(() -> world.await(() -> disk.grow(2 * SIZE)))
        .withMessageContaining("the device has 4194304 bytes, 8388608 are needed");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(3 * SIZE);
    }
    assertThat(Commands.succeeds("losetup", "-c", device.toString())).isTrue();
    world.await(() -> disk.grow(2 * SIZE));
    assertThat(disk.sizeBytes()).isEqualTo(3 * SIZE);
    world.run(done -> disk.punch(new Range(SIZE, 2 * SIZE), done));
    assertThat(world.read(disk, 2 * SIZE - 4096, 4096)).containsOnly(0);
    world.await(disk::close);
  }
}
