package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** A simulated host with one open sparse disk, for the tests of the simulator itself. */
final class OneDisk {

  static final int SECTOR = SimContent.SECTOR_BYTES;
  static final int SIZE = 1 << 20;

  final SimWorld world;
  final SimMedium medium;
  Disk disk;

  OneDisk(long seed) throws IOException {
    world = new SimWorld(seed);
    medium = world.host().disk("disk", SIZE);
    reopen();
  }

  void reopen() throws IOException {
    disk = world.await(() -> world.openSparse("disk", SIZE));
  }

  void powerFail() throws IOException {
    world.host().powerFail();
    reopen();
  }

  void powerFail(CrashMode mode) throws IOException {
    medium.crashMode(mode);
    powerFail();
  }

  void kill() throws IOException {
    world.host().kill();
    reopen();
  }

  /** Sectors full of one number. */
  static ByteBuffer sectors(int count, int number) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(count * SECTOR);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) number);
    }
    return bytes;
  }

  void write(int sector, int count, int number, Durability durability) throws IOException {
    List<Extent> extents = List.of(Extent.of((long) sector * SECTOR, sectors(count, number)));
    world.run(done -> disk.write(extents, durability, done));
  }

  /** Starts a write and nothing more. */
  void begin(int sector, ByteBuffer from, Durability durability) {
    List<Extent> extents = List.of(Extent.of((long) sector * SECTOR, from));
    world
        .owner()
        .execute(() ->
            disk.write(
                extents,
                durability,
                io.tharsis.logfiles.seam.Completion.of(() -> {}, cause -> {})));
  }

  void sync() throws IOException {
    world.run(disk::sync);
  }

  /** The number each sector is full of; fails if a sector is torn. */
  int[] read(int sector, int count) throws IOException {
    return numbers(world.read(disk, (long) sector * SECTOR, count * SECTOR));
  }

  int[] peek() {
    return numbers(medium.peek(new Range(0, SIZE)));
  }

  private static int[] numbers(byte[] bytes) {
    int[] numbers = new int[bytes.length / SECTOR];
    for (int i = 0; i < numbers.length; i++) {
      byte[] sector = Arrays.copyOfRange(bytes, i * SECTOR, (i + 1) * SECTOR);
      for (byte b : sector) {
        if (b != sector[0]) {
          throw new AssertionError("sector " + i + " is torn");
        }
      }
      numbers[i] = sector[0];
    }
    return numbers;
  }
}
