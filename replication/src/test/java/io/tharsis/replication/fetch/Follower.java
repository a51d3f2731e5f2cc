package io.tharsis.replication.fetch;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.wire.LogMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A new member on a host of its own: no log yet, everything dirty; links lead to the test. */
public final class Follower {

  /** Size of its volume: few regions. */
  public static final long VOLUME_BYTES = 1 << 20;

  /** A member that may be asked first. */
  public static final FetchSource FIRST =
      new FetchSource(new UUID(0xA, 1), InetSocketAddress.createUnresolved("first", 1));

  /** A member that may be asked then. */
  public static final FetchSource SECOND =
      new FetchSource(new UUID(0xA, 2), InetSocketAddress.createUnresolved("second", 1));

  private final SimWorld world;
  private final ScriptedLinks links = new ScriptedLinks();
  private final FollowingResource resource;
  private Runnable onProgress = () -> {};

  /** Joins the resource whose log the source has. */
  public Follower(SourceLog source, long seed) throws IOException {
    world = new SimWorld(seed);
    Seams seams = TestLog.seams(world, world.await(world::openStore), seed);
    resource =
        world.await(() ->
            disk()
                .open(world.host().owner())
                .then(disk ->
                    FollowingResource.join(
                        new ResourceConfig(
                            "r",
                            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
                            TestLog.config(TestLog.LIMITS, false)),
                        source.start(),
                        seams,
                        new Listener())));
  }

  private final class Listener implements ResourceListener {
    @Override
    public void progressed() {
      onProgress.run();
    }
  }

  /** What its volume is on. */
  public SimMedium disk() {
    return world.host().disk("disk", VOLUME_BYTES);
  }

  /** Where it is. */
  public SimWorld world() {
    return world;
  }

  /** The resource; to be used on its owner. */
  public FollowingResource resource() {
    return resource;
  }

  /** Where it gets links. */
  public ScriptedLinks links() {
    return links;
  }

  /** What a fetcher or a puller has around it. */
  public Fetcher.Surroundings around() {
    return new Fetcher.Surroundings(
        links, new LinkHome(world.owner(), world.clock()), world.host().entropy());
  }

  /** From now on told when something has moved. */
  public void onProgress(Runnable listener) {
    onProgress = listener;
  }

  /** Does something on the owner, and lets what follows at once happen. */
  public void act(Runnable action) throws IOException {
    SourceLog.on(
        world,
        () -> {
          action.run();
          return true;
        });
    pass(Duration.ofMillis(20));
  }

  /** Lets time pass. */
  public void pass(Duration time) {
    world.simulation().runFor(time);
  }

  /** Takes everything that the source has, without any link. */
  public void catchUp(SourceLog source) throws IOException {
    while (resource.log().next().lsn() < source.log().marks().durable()) {
      LogMessage.LogRun run = source.run(resource.log().next());
      if (run.headerBlock().isPresent()) {
        world.await(() -> resource.log().begin(run.headerBlock().get()));
      }
      world.await(() -> resource.log().receive(run.position().lsn(), run.payload().stored()));
    }
  }
}
