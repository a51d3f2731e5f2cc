package io.tharsis.logfiles.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What happens in a file system of two mebibytes. Not a test class because the host's half runs in
 * a process of its own, which has such a file system.
 */
public final class NoSpaceContract {

  /** The size of the file system. */
  public static final int SPACE_BYTES = 2 * 1024 * 1024;

  private static final int KIB = 1024;
  private static final int SIZE = 4 * SPACE_BYTES;

  private final World world;

  /** For a world that has just the space. */
  public NoSpaceContract(World world) {
    this.world = world;
  }

  /** Fails if anything is not as it should be. */
  public void check() throws IOException {
    checkDisk();
    checkStore();
  }

  private void checkDisk() throws IOException {
    Disk disk = world.await(() -> world.openSparse("disk", SIZE));
    assertThat(world.await(disk::freeBytes)).isBetween(1L, (long) SPACE_BYTES);
    write(disk, 0, 512 * KIB);
    assertThatThrownBy(() -> write(disk, 1024 * KIB, 3 * 1024 * KIB))
        .isInstanceOf(NoSpaceException.class)
        .hasMessageContaining("disk: No space left on device");
    assertThat(world.read(disk, 0, 512 * KIB)).containsOnly(1);
    write(disk, 0, 512 * KIB);
    world.run(done -> disk.punch(new Range(0, SIZE), done));
    assertThat(world.await(disk::allocated)).isEmpty();
    write(disk, 3 * 1024 * KIB, 512 * KIB);
    world.run(done -> disk.punch(new Range(0, SIZE), done));
    world.await(disk::close);
  }

  private void write(Disk disk, long offset, int length) throws IOException {
    ByteBuffer ones = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      ones.put(i, (byte) 1);
    }
    List<Extent> extents = List.of(Extent.of(offset, ones));
    world.run(done -> disk.write(extents, Durability.BUFFERED, done));
  }

  private void checkStore() throws IOException {
    Store store = world.await(world::openStore);
    long free = world.await(store::freeBytes);
    assertThatThrownBy(() -> world.await(() -> store.create("log", SIZE).then(Disk::close)))
        .isInstanceOf(NoSpaceException.class)
        .hasMessageContaining("log: No space left on device");
    assertThat(world.await(store::list)).isEmpty();
    assertThat(world.await(store::freeBytes)).isEqualTo(free);
    world.await(() -> store.create("log", 512 * KIB).then(Disk::close));
    assertThat(world.await(store::list)).containsExactly("log");
  }
}
