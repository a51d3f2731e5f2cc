package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What would become of a replica if its host crashed now: disk and log are copied to a world of
 * their own, crashed there, and recovered. The replica itself notices nothing.
 */
final class ReplicaLab {

  private static final long STEPS = 5_000_000;

  /**
   * What was found.
   *
   * @param consistent whether it says that it is one moment
   * @param content of the volume, with all log that survived
   * @param durableLsn the log that it has, be it staged
   * @param contentLsn where the log ends that belongs to the content
   */
  record Finding(boolean consistent, long[] content, long durableLsn, long contentLsn) {}

  /**
   * A replica.
   *
   * @param host where it is
   * @param resource its name
   * @param disk the path of its disk
   */
  record Specimen(SimClusterNode host, String resource, String disk) {}

  private final Simulation world;
  private final SimHost host;
  private final Specimen specimen;
  private final SimMedium disk;

  /** A copy that has crashed. */
  ReplicaLab(long seed, Specimen specimen, boolean power) {
    this.world = new Simulation(seed);
    this.specimen = specimen;
    SimHost original = specimen.host().host();
    this.host = world.host(original.name());
    this.disk = host.disk(specimen.disk(), Cells.VOLUME_BYTES);
    disk.become(original.disk(specimen.disk(), Cells.VOLUME_BYTES));
    SimPremises.directory(host, specimen.resource())
        .become(SimPremises.directory(original, specimen.resource()));
    if (power) {
      host.powerFail();
    } else {
      host.kill();
    }
  }

  private <T> T open(Function<Disk, Async<T>> opening) throws IOException {
    Async<T> result = new Async<>();
    host.owner()
        .execute(
            () -> disk.open(host.owner()).then(opening).observe(result::succeed, result::fail));
    world.runUntil(result::isDone, STEPS);
    if (result.failure().isPresent()) {
      throw result.failure().get();
    }
    return result.value();
  }

  private ResourceConfig config(Disk opened) {
    WriterIdentity writer = new WriterIdentity(new UUID(1, 2), "lab", new UUID(3, 4));
    return new ResourceConfig(
        specimen.resource(),
        List.of(new VolumeConfig(opened, WriteCache.DURABLE)),
        new LogConfig(specimen.host().limits(), writer, false));
  }

  private Seams seams() {
    return new Seams(
        host.owner(),
        host.clock(),
        host.entropy(),
        SimPremises.directory(host, specimen.resource()).open(host.owner()));
  }

  /**
   * Recovers it as a secondary, which puts all log that it has on its disk; what is staged is given
   * up.
   */
  Finding follow() throws IOException {
    FollowingResource resource = openFollowing();
    if (resource.staged().isEmpty()) {
      return replayed(resource);
    }
    long staged = resource.log().marks().durable();
    await(resource::close);
    await(() -> FollowingResource.giveUpStage(seams()));
    Finding old = replayed(openFollowing());
    return new Finding(old.consistent(), old.content(), staged, old.contentLsn());
  }

  private FollowingResource openFollowing() throws IOException {
    return open(opened -> FollowingResource.open(config(opened), seams(), ResourceListener.NONE));
  }

  private void await(Supplier<Async<Void>> operation) throws IOException {
    Async<Void> result = new Async<>();
    host.owner().execute(() -> operation.get().observe(result::succeed, result::fail));
    world.runUntil(result::isDone, STEPS);
    if (result.failure().isPresent()) {
      throw result.failure().get();
    }
  }

  private Finding replayed(FollowingResource resource) {
    host.owner().execute(resource::resumeReplay);
    var marks = resource.log().marks();
    if (!resource.isConsistent()) {
      return new Finding(false, new long[0], marks.durable(), marks.durable());
    }
    world.runUntil(() -> marks.checkpoint() == marks.durable(), STEPS);
    ByteBuffer bytes = ByteBuffer.wrap(disk.peek(new Range(0, Cells.VOLUME_BYTES)));
    return new Finding(
        resource.isConsistent(), Cells.stamps(bytes), marks.durable(), marks.durable());
  }

  /** Recovers it as the primary, and reads its volume. */
  Finding serve() throws IOException {
    LoggedResource resource = open(opened -> LoggedResource.open(config(opened), seams()));
    ByteBuffer into = ByteBuffer.allocateDirect((int) Cells.VOLUME_BYTES);
    List<String> outcome = new ArrayList<>();
    host.owner()
        .execute(() ->
            resource
                .volume(0)
                .read(
                    0,
                    into,
                    new VolumeCompletion() {
                      @Override
                      public void succeeded() {
                        outcome.add("");
                      }

                      @Override
                      public void failed(VolumeFault fault) {
                        outcome.add(fault.toString());
                      }
                    }));
    world.runUntil(() -> !outcome.isEmpty(), STEPS);
    if (!outcome.getFirst().isEmpty()) {
      throw new IOException("cannot be read: " + outcome.getFirst());
    }
    long durable = resource.readableLog().marks().durable();
    return new Finding(true, Cells.stamps(into), durable, durable);
  }
}
