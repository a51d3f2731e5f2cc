package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.ShippedLog;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Some hosts with a resource of one volume, and log that is carried between them by hand. */
final class RoleLab {

  static final int BLOCK = 4096;
  private static final long STEPS = 2_000_000;
  private static final int RUN_BYTES = 1 << 20;

  private final Simulation simulation;
  private final LogLimits limits;
  private final long diskBytes;

  RoleLab(long seed, LogLimits limits, long diskBytes) {
    this.simulation = new Simulation(seed);
    this.limits = limits;
    this.diskBytes = diskBytes;
  }

  Simulation simulation() {
    return simulation;
  }

  long events() {
    return simulation.steps();
  }

  SimHost host(String name) {
    return simulation.host(name);
  }

  SimMedium disk(String name) {
    return host(name).disk("disk", diskBytes);
  }

  SimDirectory directory(String name) {
    return host(name).directory("store");
  }

  /** All media of a host. */
  List<SimMedium> media(String name) {
    List<SimMedium> all = new ArrayList<>();
    all.add(disk(name));
    directory(name).files().forEach(file -> all.add(directory(name).medium(file)));
    return all;
  }

  <T> Async<T> start(String name, Supplier<Async<T>> operation) {
    Async<T> result = new Async<>();
    host(name).owner().execute(() -> operation.get().observe(result::succeed, result::fail));
    return result;
  }

  <T> T await(Async<T> started) throws IOException {
    simulation.runUntil(started::isDone, STEPS);
    if (started.failure().isPresent()) {
      throw started.failure().get();
    }
    return started.value();
  }

  <T> T await(String name, Supplier<Async<T>> operation) throws IOException {
    return await(start(name, operation));
  }

  void crash(String name, Optional<CrashMode> power) {
    power.ifPresentOrElse(
        mode -> {
          media(name).forEach(medium -> medium.crashMode(mode));
          host(name).powerFail();
        },
        () -> host(name).kill());
  }

  // ---- openings ----

  private ResourceConfig config(String name, Disk disk) {
    UUID node = new UUID(0x20, name.hashCode());
    WriterIdentity writer =
        new WriterIdentity(node, name, new UUID(0x30, host(name).incarnation()));
    return new ResourceConfig(
        "r",
        List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
        new LogConfig(limits, writer, false));
  }

  private Seams seams(String name) {
    SimHost host = host(name);
    return new Seams(
        host.owner(), host.clock(), host.entropy(), directory(name).open(host.owner()));
  }

  interface Opening<T> {
    Async<T> open(ResourceConfig config, Seams seams);
  }

  <T> Async<T> open(String name, Opening<T> opening) {
    return start(
        name,
        () ->
            disk(name)
                .open(host(name).owner())
                .then(disk ->
                    opening
                        .open(config(name, disk), seams(name))
                        .orElse(cause -> Async.failedAfter(disk.close(), cause))));
  }

  Async<LoggedResource> openToWrite(String name, Optional<Succession> succession) {
    return open(
        name, (config, seams) -> LoggedResource.open(config, seams, new Keeping(), succession));
  }

  Async<FollowingResource> openToFollow(String name) {
    return open(name, (config, seams) -> FollowingResource.open(config, seams, new Keeping()));
  }

  /** Keeps all log for the others. */
  static final class Keeping implements ResourceListener {
    @Override
    public void begun(ReadableLog log) {
      log.retainFrom(0);
    }
  }

  /** A member that has everything from the beginning of the log on, and zeros before. */
  FollowingResource join(String name, UUID resource) throws IOException {
    FollowingResource joined =
        await(
            open(
                name,
                (config, seams) ->
                    FollowingResource.join(
                        config, new LogStart(resource, 0), seams, new Keeping())));
    await(name, () -> zero(joined));
    return joined;
  }

  private static Async<Void> zero(FollowingResource resource) {
    return Async.<Boolean>repeat(
            () -> {
              Optional<Range> next = resource.dirty().next(0, 0, 64 * RegionSet.REGION_BYTES);
              return next.isEmpty()
                  ? Async.of(Optional.of(true))
                  : resource
                      .hold(0, next.get())
                      .then(hold ->
                          resource
                              .putZeros(hold, new Stamp(0, new UUID(9, 9)))
                              .map(done -> {
                                hold.release();
                                return Optional.empty();
                              }));
            })
        .map(done -> null);
  }

  // ---- log ----

  /** Brings everything that is durable at one host to another one. */
  void ship(String from, ShippedLog source, String to, ReceivedLog target) throws IOException {
    while (true) {
      Position next = target.next();
      ShippedLog.Found found = await(from, () -> source.read(next, RUN_BYTES));
      if (found instanceof ShippedLog.Found.Nothing) {
        return;
      }
      if (!(found instanceof ShippedLog.Found.Run run)) {
        throw new AssertionError("at " + next + " there is " + found);
      }
      await(to, () -> run.header().map(target::begin).orElseGet(Async::done));
      await(to, () -> target.receive(run.position().lsn(), run.bytes()));
    }
  }

  /** Writes a block that is all this value. */
  Async<Void> write(String name, LoggedResource resource, int block, int value) {
    return write(name, resource, block, 1, value);
  }

  Async<Void> write(String name, LoggedResource resource, int block, int blocks, int value) {
    return start(
        name,
        () -> {
          ByteBuffer data = ByteBuffer.allocateDirect(blocks * BLOCK);
          for (int i = 0; i < data.capacity(); i++) {
            data.put(i, (byte) value);
          }
          Async<Void> written = new Async<>();
          var _ =
              resource
                  .volume(0)
                  .write((long) block * BLOCK, data, true, new Reporting(written, "the write"));
          return written;
        });
  }

  /** What each of the first blocks is. */
  List<Integer> read(String name, LoggedResource resource, int blocks) throws IOException {
    ByteBuffer into = ByteBuffer.allocateDirect(blocks * BLOCK);
    await(
        name,
        () -> {
          Async<Void> read = new Async<>();
          resource.volume(0).read(0, into, new Reporting(read, "the read"));
          return read;
        });
    List<Integer> values = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      byte value = into.get(block * BLOCK);
      if (value != into.get((block + 1) * BLOCK - 1)) {
        throw new AssertionError("a torn block");
      }
      values.add((int) value);
    }
    return values;
  }

  static Succession handover(long id) {
    return new Succession(Epoch.Kind.HANDOVER, new UUID(0x40, id), 10 * id);
  }
}
