package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A bit of everything the simulator can do, to compare runs; also a program that prints the hash.
 */
final class MixedWorkload {

  private static final int SIZE = 1 << 20;

  private final SimWorld world;
  private final SimRandom random;
  private long outcomes;

  private MixedWorkload(long seed) {
    world = new SimWorld(seed);
    random = world.simulation().random("workload");
  }

  /** Prints the event hash of the seed that is the first argument. */
  public static void main(String[] arguments) {
    System.out.println(Long.toHexString(hash(Long.parseLong(arguments[0]))));
  }

  /** The event hash of a run with that seed. */
  static long hash(long seed) {
    MixedWorkload run = new MixedWorkload(seed);
    for (int incarnation = 0; incarnation < 10; incarnation++) {
      run.live();
    }
    return run.world.simulation().eventHash();
  }

  private void live() {
    SimHost host = world.host();
    SimMedium medium = host.disk("disk", SIZE);
    medium.faults().chance(Fault.WRITE_ERROR, 0.02).chance(Fault.SLOW, 0.01);
    host.owner().execute(() -> medium.open(host.owner()).observe(this::useDisk, this::note));
    Store store = host.directory("store").open(host.owner());
    host.owner().execute(() -> useStore(store));
    world.simulation().runSteps(50 + random.below(300));
    host.jumpWallClock(Duration.ofSeconds(random.below(100)));
    if (random.chance(0.5)) {
      host.kill();
    } else {
      host.powerFail();
    }
    CRC32C crc = new CRC32C();
    crc.update(medium.peek(new Range(0, SIZE)));
    world.simulation().observe("content", crc.getValue());
    host.directory("store").files().forEach(file -> world.simulation().observe(file, outcomes));
  }

  private void note(Exception failure) {
    world.simulation().observe(failure.getMessage(), ++outcomes);
  }

  private void useDisk(Disk disk) {
    Completion next =
        Completion.of(
            () -> useDisk(disk),
            failure -> {
              note(failure);
              useDisk(disk);
            });
    ByteBuffer buffer = ByteBuffer.allocateDirect(512 * (1 + random.below(16)));
    long offset = random.below(SIZE - buffer.capacity());
    switch (random.below(5)) {
      case 0 -> disk.sync(next);
      case 1 -> disk.read(buffer, offset, next);
      case 2 -> disk.punch(new Range(offset, offset + buffer.capacity()), next);
      default -> {
        buffer.putLong(0, random.nextLong());
        Durability durability = random.chance(0.5) ? Durability.DURABLE : Durability.BUFFERED;
        disk.write(List.of(Extent.of(offset, buffer)), durability, next);
      }
    }
  }

  private void useStore(Store store) {
    String file = "file-" + random.below(4);
    String other = "file-" + random.below(4);
    Async<?> operation =
        switch (random.below(5)) {
          case 0 -> store.rename(file, other);
          case 1 -> store.delete(file);
          case 2 -> store.syncDirectory();
          default -> store.create(file, 8192).then(Disk::close);
        };
    operation.observe(
        done -> useStore(store),
        failure -> {
          note(failure);
          useStore(store);
        });
  }
}
