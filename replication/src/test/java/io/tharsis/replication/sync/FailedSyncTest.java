package io.tharsis.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.Follower;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.fetch.SourceLog;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.SyncMessage.ChunkData;
import io.tharsis.replication.wire.SyncMessage.ChunkEqual;
import io.tharsis.replication.wire.SyncMessage.ChunkExtent;
import io.tharsis.replication.wire.SyncMessage.ChunkRequest;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * After a sync that failed the host goes on showing what its disk has not, and says so only once.
 * Whoever opens the disk then must not take for equal what is in memory only.
 */
class FailedSyncTest {

  private static final int CHUNK = RegionSet.REGION_BYTES;
  private static final Range VOLUME = new Range(0, Follower.VOLUME_BYTES);
  private static final SyncLimits LIMITS =
      new SyncLimits(CHUNK, 4, Duration.ofSeconds(10), Duration.ofSeconds(1));

  private final SourceLog source;
  private final Follower follower;
  private FollowingResource resource;
  private SyncPuller puller;

  FailedSyncTest() throws IOException {
    source = new SourceLog(91);
    source.write(64);
    follower = new Follower(source, 92);
    follower.catchUp(source);
    follower.pass(Duration.ofSeconds(2));
    resource = follower.resource();
  }

  private ScriptedLink pull() throws IOException {
    puller = new SyncPuller(resource, follower.around(), LIMITS, () -> List.of(Follower.FIRST));
    follower.act(puller::resume);
    ScriptedLink[] link = new ScriptedLink[1];
    follower.act(() -> link[0] = follower.links().asked().orElseThrow().accept());
    return link[0];
  }

  private ChunkStamp now() {
    return new ChunkStamp(source.log().marks().durable(), source.epochId());
  }

  /** Where the disk first shows what a power failure would take away; negative if nowhere. */
  private int lost() {
    return Arrays.mismatch(follower.disk().peek(VOLUME), follower.disk().peekDurable(VOLUME));
  }

  /** A content comes, and the sync that should have made it durable fails. */
  private void loseWhatComes() throws IOException {
    ScriptedLink link = pull();
    byte[] content = new byte[CHUNK];
    Arrays.fill(content, (byte) 7);
    ChunkRequest first = (ChunkRequest) link.take().getFirst();
    follower.disk().faults().next(Fault.SYNC_ERROR);
    Payload payload = Payload.plain(ByteBuffer.wrap(content));
    follower.act(() -> link.say(new ChunkData(first.id(), now(), payload)));
    follower.pass(Duration.ofMillis(1500));
    assertThat(lost()).isNotNegative();
  }

  /** As after a kill, or after leaving and joining: the disk is opened by somebody else. */
  private void openAnew() throws IOException {
    follower.world().await(puller::close);
    follower.world().await(resource::close);
    resource = follower.world().await(() -> follower.world().openStore().then(this::opened));
  }

  private Async<FollowingResource> opened(Store store) {
    return follower.disk().open(follower.world().host().owner()).then(disk -> opened(disk, store));
  }

  private Async<FollowingResource> opened(Disk disk, Store store) {
    return FollowingResource.open(
        new ResourceConfig(
            "r",
            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
            TestLog.config(TestLog.LIMITS, false)),
        TestLog.seams(follower.world(), store, 93),
        ResourceListener.NONE);
  }

  @Test
  void whatOnlySeemedToBeThereIsNotEqual() throws IOException {
    loseWhatComes();
    openAnew();
    assertThat(lost()).isEqualTo(-1);
    for (Message asked : pull().take()) {
      ChunkRequest request = (ChunkRequest) asked;
      assertThat(request.digest()).hasValue(Content.digest(onDisk(request.extent())));
    }
  }

  private ByteBuffer onDisk(ChunkExtent extent) {
    Range range = new Range(extent.offset(), extent.offset() + extent.lengthBytes());
    return ByteBuffer.wrap(follower.disk().peekDurable(range));
  }

  @Test
  void whatCannotBeReadHereIsEqualToNothing() throws IOException {
    follower.disk().faults().chance(Fault.READ_ERROR, 1);
    ScriptedLink link = pull();
    ChunkRequest request = (ChunkRequest) link.take().getFirst();
    follower.act(() -> link.say(new ChunkEqual(request.id(), now())));
    assertThat(link.closed()).isPresent();
    assertThat(resource.dirty().dirtyBytes()).isEqualTo(Follower.VOLUME_BYTES);
  }
}
