package io.tharsis.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.fetch.Follower;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.fetch.SourceLog;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.SyncMessage.ChunkData;
import io.tharsis.replication.wire.SyncMessage.ChunkEqual;
import io.tharsis.replication.wire.SyncMessage.ChunkRefusal;
import io.tharsis.replication.wire.SyncMessage.ChunkRefused;
import io.tharsis.replication.wire.SyncMessage.ChunkRequest;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import io.tharsis.replication.wire.SyncMessage.ChunkZero;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is dirty is asked for chunk by chunk. */
class SyncPullerTest {

  private static final int CHUNK = RegionSet.REGION_BYTES;
  private static final int CHUNKS = (int) (Follower.VOLUME_BYTES / CHUNK);
  private static final int WINDOW = 4;
  private static final SyncLimits LIMITS =
      new SyncLimits(CHUNK, WINDOW, Duration.ofSeconds(10), Duration.ofSeconds(1));

  private final SourceLog source;
  private final Follower follower;
  private final SyncPuller puller;
  private List<FetchSource> sources = List.of(Follower.FIRST, Follower.SECOND);

  SyncPullerTest() throws IOException {
    source = new SourceLog(71);
    source.write(64);
    follower = new Follower(source, 72);
    follower.catchUp(source);
    follower.pass(Duration.ofSeconds(2));
    puller = new SyncPuller(follower.resource(), follower.around(), LIMITS, () -> sources);
    follower.onProgress(puller::progressed);
  }

  private ScriptedLink linkTo(FetchSource expected) throws IOException {
    var asked =
        follower
            .links()
            .asked()
            .orElseThrow(() -> new AssertionError("nobody was asked: " + puller.status()));
    assertThat(asked.to().node()).contains(expected.node());
    ScriptedLink[] link = new ScriptedLink[1];
    follower.act(() -> link[0] = asked.accept());
    return link[0];
  }

  private ScriptedLink resumed() throws IOException {
    follower.act(puller::resume);
    return linkTo(Follower.FIRST);
  }

  private static List<ChunkRequest> requests(ScriptedLink link) {
    List<ChunkRequest> requests = new ArrayList<>();
    for (Message message : link.take()) {
      requests.add((ChunkRequest) message);
    }
    return requests;
  }

  private ChunkStamp now() {
    return new ChunkStamp(source.log().marks().durable(), source.epochId());
  }

  private void say(ScriptedLink link, Message message) throws IOException {
    follower.act(() -> link.say(message));
  }

  private boolean isDirty(ChunkRequest request) {
    long from = request.extent().offset();
    return follower.resource().dirty().isDirty(0, new Range(from, from + CHUNK));
  }

  @Test
  void aWindowOfChunksIsAskedForWithTheCheckpointAndOnesOwnDigest() throws IOException {
    List<ChunkRequest> requests = requests(resumed());
    assertThat(requests).hasSize(WINDOW);
    long checkpoint = follower.resource().log().marks().checkpoint();
    assertThat(checkpoint).isPositive();
    assertThat(requests)
        .allMatch(it -> it.checkpointLsn() == checkpoint && it.digest().isPresent());
    assertThat(requests.stream().map(it -> it.extent().offset()).distinct()).hasSize(WINDOW);
  }

  @Test
  void whatIsEqualMovesNoData() throws IOException {
    syncWhatIsEqual();
  }

  private void syncWhatIsEqual() throws IOException {
    ScriptedLink link = resumed();
    for (var open = requests(link); !open.isEmpty(); open = requests(link)) {
      for (ChunkRequest request : open) {
        say(link, new ChunkEqual(request.id(), now()));
      }
    }
    follower.pass(Duration.ofSeconds(2));
    SyncStatus status = puller.status();
    assertThat(status.state()).isEqualTo(new SyncState.Done());
    assertThat(status.equalBytes()).isEqualTo(Follower.VOLUME_BYTES);
    assertThat(status.copiedBytes()).isZero();
    assertThat(follower.resource().isConsistent()).isTrue();
    assertThat(link.closed()).isPresent();
  }

  @Test
  void dataAndZerosReachTheDisk() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest first = requests(link).getFirst();
    ByteBuffer content = ByteBuffer.allocate(CHUNK).put(77, (byte) 9);
    say(link, new ChunkData(first.id(), now(), Payload.plain(content)));
    long at = first.extent().offset() + 77;
    assertThat(follower.disk().peek(new Range(at, at + 1))).containsExactly(9);
    assertThat(isDirty(first)).isFalse();
    ChunkRequest next = requests(link).getFirst();
    say(link, new ChunkZero(next.id(), now()));
    assertThat(isDirty(next)).isFalse();
    assertThat(puller.status().copiedBytes()).isEqualTo(CHUNK);
    assertThat(puller.status().zeroBytes()).isEqualTo(CHUNK);
  }

  @Test
  void theReplicaIsConsistentOnlyOnceItsCheckpointHasReachedTheNewestStamp() throws IOException {
    ScriptedLink link = resumed();
    ChunkStamp later = new ChunkStamp(now().lsn() + 4096, source.epochId());
    for (var open = requests(link); !open.isEmpty(); open = requests(link)) {
      for (ChunkRequest request : open) {
        say(link, new ChunkEqual(request.id(), later));
      }
    }
    follower.pass(Duration.ofSeconds(2));
    assertThat(puller.status().state()).isEqualTo(new SyncState.Done());
    assertThat(follower.resource().isConsistent()).isFalse();
    source.write(64);
    follower.catchUp(source);
    follower.pass(Duration.ofSeconds(2));
    assertThat(follower.resource().isConsistent()).isTrue();
  }

  @Test
  void aContentOlderThanTheCheckpointIsDroppedAndAskedForAgain() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest request = requests(link).getFirst();
    say(link, new ChunkEqual(request.id(), new ChunkStamp(0, source.epochId())));
    assertThat(isDirty(request)).isTrue();
    assertThat(puller.status().dropped()).isEqualTo(1);
    assertThat(link.closed()).isEmpty();
  }

  @Test
  void aContentOfAnotherBranchIsDropped() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest request = requests(link).getFirst();
    say(link, new ChunkEqual(request.id(), new ChunkStamp(now().lsn(), new UUID(9, 9))));
    assertThat(isDirty(request)).isTrue();
  }

  @Test
  void aRefusalLeadsToTheNextMember() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest request = requests(link).getFirst();
    say(link, new ChunkRefused(request.id(), ChunkRefusal.TOO_OLD, "old"));
    assertThat(link.closed()).isPresent();
    follower.pass(Duration.ofSeconds(2));
    assertThat(requests(linkTo(Follower.SECOND))).hasSize(WINDOW);
  }

  @Test
  void whoDoesNotAnswerInTimeIsLeftAndReplayIsNotHeldUpLonger() throws IOException {
    ScriptedLink link = resumed();
    source.write(64);
    follower.catchUp(source);
    follower.pass(Duration.ofSeconds(9));
    assertThat(link.closed()).isEmpty();
    follower.pass(Duration.ofSeconds(2));
    assertThat(link.closed()).isPresent();
    follower.pass(Duration.ofSeconds(2));
    long durable = follower.resource().log().marks().durable();
    assertThat(follower.resource().log().marks().checkpoint()).isEqualTo(durable);
  }

  @Test
  void whatComesAfterTheLinkWasLeftIsIgnored() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest request = requests(link).getFirst();
    follower.act(puller::pause);
    assertThat(puller.status().state()).isEqualTo(new SyncState.Paused());
    say(link, new ChunkEqual(request.id(), now()));
    assertThat(isDirty(request)).isTrue();
    follower.pass(Duration.ofSeconds(30));
    assertThat(follower.links().asked()).isEmpty();
  }

  @Test
  void progressOutlivesAPause() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest request = requests(link).getFirst();
    say(link, new ChunkEqual(request.id(), now()));
    follower.act(puller::pause);
    assertThat(requests(resumed()))
        .noneMatch(it -> it.extent().offset() == request.extent().offset());
    assertThat(puller.status().dirtyBytes()).isEqualTo((CHUNKS - 1L) * CHUNK);
  }

  @Test
  void aWriteThatFailsIsTriedAgain() throws IOException {
    ScriptedLink link = resumed();
    ChunkRequest request = requests(link).getFirst();
    follower.disk().faults().next(Fault.WRITE_ERROR);
    ByteBuffer content = ByteBuffer.allocate(CHUNK).put(77, (byte) 9);
    say(link, new ChunkData(request.id(), now(), Payload.plain(content)));
    assertThat(isDirty(request)).isTrue();
    assertThat(puller.status().state()).isEqualTo(new SyncState.Syncing(Follower.FIRST.node()));
    assertThat(link.closed()).isEmpty();
  }

  @Test
  void whatCannotBeReadHereIsAskedForWithoutADigest() throws IOException {
    follower.disk().faults().chance(Fault.READ_ERROR, 1);
    assertThat(requests(resumed())).hasSize(WINDOW).allMatch(it -> it.digest().isEmpty());
  }

  @Test
  void closingWaitsUntilNothingIsHeld() throws IOException {
    ScriptedLink link = resumed();
    List<Async<Void>> closed = new ArrayList<>();
    follower.act(() -> closed.add(puller.close()));
    assertThat(closed.getFirst().isDone()).isTrue();
    assertThat(link.closed()).isPresent();
    follower.act(puller::resume);
    assertThat(follower.links().asked()).isEmpty();
  }

  @Test
  void withoutSourcesItWaitsForSome() throws IOException {
    sources = List.of();
    follower.act(puller::resume);
    assertThat(puller.status().state()).isEqualTo(new SyncState.NoSource());
    sources = List.of(Follower.SECOND);
    follower.pass(Duration.ofSeconds(2));
    linkTo(Follower.SECOND);
  }

  @Test
  void whatBecomesDirtyAgainIsSyncedAgain() throws IOException {
    syncWhatIsEqual();
    RegionSet again = new RegionSet();
    again.add(0, CHUNK);
    follower.act(() -> follower.resource().makeDirty(0, again).observe(done -> {}, cause -> {}));
    assertThat(requests(linkTo(Follower.FIRST))).hasSize(1);
  }
}
