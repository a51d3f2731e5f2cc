package io.tharsis.logfiles.log;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimMedium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A log on a simulated host that is opened, crashed, damaged and opened again. */
final class SimLog {

  static final String HOST = "host";

  final SimWorld world;
  final List<Long> found = new ArrayList<>();
  LogLimits limits = TestLog.LIMITS;
  boolean acceptLoss;
  private long ids;

  SimLog(long seed) {
    this(seed, 0);
  }

  /** One whose ids are not those of other hosts in the same test. */
  SimLog(long seed, long firstId) {
    world = new SimWorld(seed);
    ids = firstId;
  }

  static String logfile(long number) {
    return "log-%09d-%s".formatted(number, HOST);
  }

  SimDirectory directory() {
    return world.host().directory("store");
  }

  SimMedium medium(String file) {
    return directory().medium(file);
  }

  Store store() throws IOException {
    return world.await(world::openStore);
  }

  Seams seams() throws IOException {
    return TestLog.seams(world, store(), ++ids);
  }

  TestLog open() throws IOException {
    return TestLog.open(world, seams(), TestLog.config(limits, acceptLoss));
  }

  /** Recovers and begins nothing; gives where the log ends. Changes are in {@link #found}. */
  long recover() throws IOException {
    found.clear();
    Seams seams = seams();
    long end =
        world
            .await(() ->
                LogOpening.open(
                    seams,
                    TestLog.config(limits, acceptLoss),
                    List.of(TestLog.DISK),
                    (entry, lsn) -> found.add(lsn)))
            .endLsn();
    kill();
    return end;
  }

  void kill() {
    world.host().kill();
  }

  /** The power fails; what was not synced is lost. */
  void powerFail() {
    directory().files().forEach(file -> medium(file).crashMode(CrashMode.NOTHING));
    world.host().powerFail();
  }

  /** Replaces bytes of a file that nobody has open, durably. */
  void overwrite(String file, long offset, ByteBuffer bytes) throws IOException {
    Store store = store();
    Disk disk = world.await(() -> store.open(file));
    world.run(done -> disk.write(List.of(Extent.of(offset, bytes)), Durability.DURABLE, done));
    world.await(disk::close);
  }

  /** Flips a bit of a byte of a file that nobody has open. */
  void flip(String file, long offset) throws IOException {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    one.put(0, (byte) (medium(file).peek(new Range(offset, offset + 1))[0] ^ 4));
    overwrite(file, offset, one);
  }

  void delete(String file) throws IOException {
    Store store = store();
    world.await(() -> store.delete(file));
    world.await(store::syncDirectory);
  }
}
