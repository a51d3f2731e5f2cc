package io.tharsis.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.Follower;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.fetch.SourceLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is dirty may lie beyond the end of a volume: its log does not say yet that it has grown. */
class BeyondTheEndTest {

  private static final int CHUNK = RegionSet.REGION_BYTES;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final SyncLimits LIMITS = new SyncLimits(CHUNK, 4, Duration.ofSeconds(10), PAUSE);

  private final SourceLog source;
  private final Follower follower;
  private final FollowingResource resource;

  BeyondTheEndTest() throws IOException {
    source = new SourceLog(81);
    follower = new Follower(source, 82);
    FollowingResource joined = follower.resource();
    follower.world().await(joined::close);
    resource = follower.world().await(() -> follower.world().openStore().then(this::rejoined));
    while (resource.dirty().next(0, 0, CHUNK).isPresent()) {
      Range range = resource.dirty().next(0, 0, CHUNK).get();
      follower.world().await(() -> confirmed(range));
    }
  }

  private Async<FollowingResource> rejoined(Store store) {
    return follower
        .disk()
        .open(follower.world().host().owner())
        .then(disk -> rejoined(disk, TestLog.seams(follower.world(), store, 83)));
  }

  private Async<FollowingResource> rejoined(Disk disk, Seams seams) {
    RegionSet beyond = new RegionSet();
    beyond.add(2 * Follower.VOLUME_BYTES, CHUNK);
    SortedMap<Integer, RegionSet> touched = new TreeMap<>();
    touched.put(0, beyond);
    return FollowingResource.rejoin(
        new ResourceConfig(
            "r",
            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
            TestLog.config(TestLog.LIMITS, false)),
        source.start(),
        Optional.of(new Delta(0, touched)),
        seams,
        ResourceListener.NONE);
  }

  private Async<Void> confirmed(Range range) {
    return resource
        .hold(0, range)
        .then(hold ->
            resource
                .confirm(hold, new Stamp(source.start().baseLsn(), new UUID(1, 1)))
                .map(done -> {
                  hold.release();
                  return (Void) null;
                }));
  }

  @Test
  void isWaitedForWithoutLookingAllTheTime() throws IOException {
    assertThat(resource.dirty().isEmpty()).isFalse();
    SyncPuller puller =
        new SyncPuller(resource, follower.around(), LIMITS, () -> List.of(Follower.FIRST));
    follower.act(puller::resume);
    ScriptedLink[] link = new ScriptedLink[1];
    follower.act(() -> link[0] = follower.links().asked().orElseThrow().accept());

    long before = follower.world().simulation().steps();
    follower.pass(Duration.ofSeconds(20));
    assertThat(follower.world().simulation().steps() - before).isLessThan(1_000);
    assertThat(link[0].take()).isEmpty();

    RegionSet more = new RegionSet();
    more.add(0, CHUNK);
    follower.world().await(() -> resource.makeDirty(0, more));
    follower.pass(PAUSE.multipliedBy(2));
    assertThat(link[0].take()).hasSize(1);
  }
}
