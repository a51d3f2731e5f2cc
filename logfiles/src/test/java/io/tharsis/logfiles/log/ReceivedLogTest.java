package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordFlags;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A log that is received: byte for byte the source's, and nothing counts before it is verified. */
final class ReceivedLogTest {

  private static final int MIB = 1 << 20;

  private final SimLog source = new SimLog(31);
  private final SimLog target = new SimLog(32, 1000);

  private TestReceiver join(TestLog log, long baseLsn) throws IOException {
    return TestReceiver.join(target, new LogStart(log.log().resourceId(), baseLsn));
  }

  private void assertSameBytes(long number, long bytes) {
    Range range = new Range(0, LogfileHeader.BYTES + bytes);
    byte[] here = target.medium(SimLog.logfile(number)).peek(range);
    byte[] there = source.medium(SimLog.logfile(number)).peek(range);
    assertThat(Arrays.mismatch(here, there)).as("first difference in %d", number).isEqualTo(-1);
  }

  @Test
  void everythingArrivesByteForByte() throws IOException {
    TestLog log = source.open();
    long first = log.write(0, 4096);
    long second = log.write(8192, 65536);
    TestReceiver receiver = join(log, 0);
    long end = receiver.fetchAll(source.world, log.log());
    assertThat(end).isEqualTo(log.log().marks().durable());
    assertThat(receiver.told).containsExactly(first, second);
    assertThat(receiver.states).hasSize(1);
    assertThat(receiver.log().lineage()).isEqualTo(log.log().lineage());
    assertSameBytes(1, end);
    long third = log.write(0, 512);
    receiver.fetchAll(source.world, log.log());
    assertThat(receiver.told).containsExactly(first, second, third);
  }

  @Test
  void logfilesAndEpochsFollowEachOther() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    for (int i = 0; i < 10; i++) {
      log.write(i * (long) MIB, MIB);
    }
    receiver.fetchAll(source.world, log.log());
    source.powerFail();
    TestLog again = source.open();
    again.write(0, 4096);
    long end = receiver.fetchAll(source.world, again.log());
    assertThat(end).isEqualTo(again.log().marks().durable());
    assertThat(receiver.log().lineage().epochs()).hasSize(2);
    long base = again.log().find(end - 1).orElseThrow().baseLsn();
    assertSameBytes(3, end - base);
    target.powerFail();
    TestReceiver reopened = TestReceiver.open(target);
    assertThat(reopened.log().marks().durable()).isEqualTo(end);
    assertThat(reopened.told).isEqualTo(receiver.told);
    assertThat(reopened.log().next()).isEqualTo(receiver.log().next());
    again.write(0, 4096);
    reopened.fetchAll(source.world, again.log());
  }

  private ShippedLog.Found.Run run(TestReceiver receiver, TestLog log) throws IOException {
    return (ShippedLog.Found.Run) receiver.look(source.world, log.log());
  }

  private static void refuses(FetchRefusal.Code code, ThrowingCallable what) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            FetchRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  private static ByteBuffer flipped(ByteBuffer sound, int at) {
    ByteBuffer copy = ByteBuffer.allocate(sound.remaining());
    copy.put(0, sound, sound.position(), sound.remaining());
    return copy.put(at, (byte) (copy.get(at) ^ 1));
  }

  /** Whatever bit of a run is wrong: nothing of it counts, and the sound run still does. */
  @Test
  void noBitMayBeWrong() throws IOException {
    TestLog log = source.open();
    log.write(0, 512);
    TestReceiver receiver = join(log, 0);
    ShippedLog.Found.Run run = run(receiver, log);
    Position before = receiver.log().next();
    ByteBuffer header = run.header().orElseThrow();
    for (int at = 0; at < header.remaining(); at += 7) {
      ByteBuffer bad = flipped(header, at);
      assertThatThrownBy(() -> receiver.begin(bad)).isInstanceOf(FetchRefusal.class);
    }
    receiver.begin(header);
    for (int at = 0; at < run.bytes().remaining(); at += 5) {
      ByteBuffer bad = flipped(run.bytes(), at);
      refuses(FetchRefusal.Code.CORRUPT, () -> receiver.receive(0, bad));
    }
    assertThat(receiver.log().next()).isEqualTo(before);
    receiver.receive(0, run.bytes());
    assertThat(receiver.told).hasSize(1);
  }

  @Test
  void whatIsOutOfPlaceIsRefused() throws IOException {
    TestLog log = source.open();
    log.write(0, 4096);
    TestReceiver receiver = join(log, 0);
    ShippedLog.Found.Run run = run(receiver, log);
    refuses(FetchRefusal.Code.OUT_OF_PLACE, () -> receiver.receive(0, run.bytes()));
    receiver.take(run);
    refuses(FetchRefusal.Code.OUT_OF_PLACE, () -> receiver.receive(0, run.bytes()));
    refuses(FetchRefusal.Code.DIVERGED, () -> receiver.begin(run.header().orElseThrow()));
    long end = receiver.log().next().lsn();
    refuses(FetchRefusal.Code.CORRUPT, () -> receiver.receive(end, run.bytes()));
    ByteBuffer part = run.bytes().slice(0, 512);
    refuses(FetchRefusal.Code.CORRUPT, () -> receiver.receive(end, part));
    refuses(FetchRefusal.Code.CORRUPT, () -> receiver.receive(end, ByteBuffer.allocate(0)));
    assertThat(receiver.log().isIdle()).isTrue();
  }

  /** Two logs of one resource that went different ways: nothing of the one fits the other. */
  @Test
  void anotherBranchIsRefused() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    log.write(0, 4096);
    receiver.fetchAll(source.world, log.log());
    receiver.close();
    TestLog other = target.open();
    other.write(0, 512);
    other.close();
    TestReceiver branched = TestReceiver.open(target);
    source.powerFail();
    TestLog again = source.open();
    assertThat(branched.look(source.world, again.log()))
        .as("one record each beyond the fork: as far, in another epoch")
        .isInstanceOf(ShippedLog.Found.Diverged.class);
    again.write(0, 65536);
    assertThat(branched.look(source.world, again.log()))
        .isInstanceOf(ShippedLog.Found.Diverged.class);
    Position start = new Position(1, log.log().marks().durable(), log.log().epoch().id());
    ShippedLog.Found.Run beyondFork =
        (ShippedLog.Found.Run) source.world.await(() -> again.log().shipped().read(start, MIB));
    ByteBuffer header = beyondFork.header().orElseThrow();
    refuses(FetchRefusal.Code.DIVERGED, () -> branched.begin(header));
  }

  /** Whose history is damaged below its checkpoint may become the primary all the same. */
  @Test
  void aWriterThatCannotTellTheDigestIsFollowedAlsoAfterACrash() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    log.write(0, 4096);
    receiver.fetchAll(source.world, log.log());
    source.powerFail();
    TestLog again = source.open();
    again.write(0, 65536);
    ShippedLog.Found.Run next = run(receiver, again);
    LogfileHeader told = LogfileHeader.decode(next.header().orElseThrow(), 0).sound().orElseThrow();
    LogfileHeader silent =
        new LogfileHeader(
            told.resourceId(),
            told.shape(),
            told.writer(),
            told.epoch(),
            new LogfileHeader.Predecessor(told.predecessor().endLsn(), Digest.NONE));
    ByteBuffer header = ByteBuffer.allocate(LogfileHeader.BYTES);
    silent.encode(header, 0);
    receiver.begin(header);
    receiver.receive(next.position().lsn(), next.bytes());
    long end = receiver.log().marks().durable();
    assertThat(end).isGreaterThan(told.baseLsn());
    target.powerFail();
    assertThat(TestReceiver.open(target).log().marks().durable()).isEqualTo(end);
  }

  @Test
  void aForeignResourceIsRefused() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = TestReceiver.join(target, new LogStart(new UUID(1, 2), 0));
    ShippedLog.Found.Run run = run(receiver, log);
    refuses(FetchRefusal.Code.NOT_OURS, () -> receiver.begin(run.header().orElseThrow()));
    receiver.close();
    assertThatThrownBy(() -> join(log, 0)).hasMessageContaining("is not of resource");
    TestReceiver.open(target).close();
  }

  @Test
  void aMemberJoinsAtALaterLogfile() throws IOException {
    TestLog log = source.open();
    for (int i = 0; i < 20; i++) {
      log.write(0, MIB);
    }
    long base = log.log().find(log.log().marks().durable() - 1).orElseThrow().baseLsn();
    TestReceiver receiver = join(log, base);
    assertThat(receiver.log().marks().checkpoint()).isEqualTo(base);
    assertThat(receiver.log().next()).isEqualTo(Position.start(base));
    target.powerFail();
    TestReceiver again = TestReceiver.open(target);
    assertThat(again.log().next()).isEqualTo(Position.start(base));
    long end = again.fetchAll(source.world, log.log());
    assertSameBytes(3, end - base);
    assertThat(again.look(source.world, log.log()))
        .isEqualTo(new ShippedLog.Found.Nothing(log.log().marks().durable()));
  }

  /** A torn header, or one whose first records never came: the logfile is fetched from its base. */
  @Test
  void aLogfileWithoutRecordsIsFetchedAgain() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    log.write(0, 4096);
    long fork = receiver.fetchAll(source.world, log.log());
    source.powerFail();
    TestLog again = source.open();
    again.write(0, 4096);
    long end = receiver.fetchAll(source.world, again.log());
    Position after = receiver.log().next();
    for (long at : new long[] {100, LogfileHeader.BYTES + 70}) {
      target.powerFail();
      target.flip(SimLog.logfile(2), at);
      TestReceiver reopened = TestReceiver.open(target);
      assertThat(reopened.log().next()).isEqualTo(new Position(1, fork, log.log().epoch().id()));
      assertThat(reopened.fetchAll(source.world, again.log())).isEqualTo(end);
      assertThat(reopened.log().next()).isEqualTo(after);
      assertSameBytes(2, end - fork);
    }
  }

  /** Records tell what was durable where they were written, which proves nothing here. */
  @Test
  void aTornWriteIsCutThoughLaterRecordsCallItDurable() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    long kept = log.write(0, 4096);
    long torn = log.write(8192, 4096);
    for (int i = 0; i < 5; i++) {
      log.write(i * 8192L, 4096);
    }
    long end = receiver.fetchAll(source.world, log.log());
    target.powerFail();
    target.flip(SimLog.logfile(1), LogfileHeader.BYTES + torn + 100);
    TestReceiver reopened = TestReceiver.open(target);
    assertThat(reopened.told).containsExactly(kept);
    assertThat(reopened.log().next().lsn()).isEqualTo(torn);
    assertThat(reopened.fetchAll(source.world, log.log())).isEqualTo(end);
    assertSameBytes(1, end);
  }

  /** Rot in the middle is the caller's to decide on: cut, and fetch from a member that has it. */
  @Test
  void aRottenLogfileIsRefusedOrCut() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    for (int i = 0; i < 20; i++) {
      log.write(0, MIB);
    }
    long end = receiver.fetchAll(source.world, log.log());
    receiver.close();
    target.flip(SimLog.logfile(2), LogfileHeader.BYTES + 3 * MIB);
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> TestReceiver.open(target))
          .isInstanceOfSatisfying(
              LogDamage.class,
              damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.LOG_DAMAGED));
    }
    target.acceptLoss = true;
    TestReceiver.open(target);
    target.powerFail();
    target.acceptLoss = false;
    TestReceiver cut = TestReceiver.open(target);
    assertThat(cut.log().next().logfileNumber()).isEqualTo(2);
    assertThat(cut.log().next().lsn()).isLessThan(end);
    assertThat(cut.fetchAll(source.world, log.log())).isEqualTo(end);
    target.powerFail();
    assertThat(TestReceiver.open(target).log().next()).isEqualTo(cut.log().next());
  }

  @Test
  void rotBelowTheHorizonIsNotCut() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    long rotten = log.write(0, 4096);
    log.write(0, 4096);
    long end = receiver.fetchAll(source.world, log.log());
    target.world.await(() -> receiver.log().moveCheckpoint(0, end, List.of()));
    receiver.close();
    target.flip(SimLog.logfile(1), LogfileHeader.BYTES + rotten + 100);
    target.acceptLoss = true;
    assertThatThrownBy(() -> TestReceiver.open(target))
        .isInstanceOfSatisfying(
            LogDamage.class,
            damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.INCONSISTENT));
  }

  @Test
  void receivedLogfilesAreSummarizedAndRecycled() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    for (int i = 0; i < 60; i++) {
      log.write(i * (long) MIB, MIB);
      long end = receiver.fetchAll(source.world, log.log());
      log.checkpoint(end);
      receiver.checkpoint(end);
    }
    assertThat(receiver.log().usedBytes()).isEqualTo(4L * target.limits.logfileBytes());
    assertThat(receiver.log().marks().retained()).isGreaterThan(40L * MIB);
    assertThat(receiver.log().summariesLost()).isZero();
    receiver.close();
    log.close();
    UUID resource = log.log().resourceId();
    List<List<Object>> received = summaries(target, resource);
    assertThat(received).hasSizeGreaterThan(5);
    assertThat(summaries(source, resource).subList(0, received.size())).isEqualTo(received);
  }

  private static List<List<Object>> summaries(SimLog sim, UUID resource) throws IOException {
    Store store = sim.store();
    Disk file = sim.world.await(() -> store.open(SummaryFiles.NAMES.getFirst()));
    try (Scratch scratch = new Scratch(Summary.MAX_BYTES)) {
      List<List<Object>> shown = new ArrayList<>();
      for (Summary summary :
          sim.world.await(() -> SummaryFiles.read(file, scratch, resource)).summaries()) {
        summary.encode(scratch);
        shown.add(List.of(summary.piece(), summary.digest(), scratch.crc(0)));
      }
      return shown;
    }
  }

  /** Bytes wait for room, which has a name, and come in when it is there. */
  @Test
  void receivingWaitsForRoom() throws IOException {
    TestLog log = source.open();
    for (int i = 0; i < 34; i++) {
      log.write(0, MIB);
    }
    long all = log.log().marks().durable();
    target.limits = TestLog.LIMITS;
    TestReceiver receiver = join(log, 0);
    target.world.host().space().fillAllBut(0);
    List<Async<Void>> waiting = new ArrayList<>();
    while (waiting.isEmpty()) {
      ShippedLog.Found.Run run = run(receiver, log);
      target.world.simulation().runFor(Duration.ofMillis(20));
      if (receiver.log().shortage().isPresent() && run.header().isPresent()) {
        target.world.await(() -> {
          run.header().ifPresent(receiver.log()::begin);
          waiting.add(receiver.log().receive(run.position().lsn(), run.bytes()));
          return Async.done();
        });
      } else {
        receiver.take(run);
      }
    }
    target.world.simulation().runFor(Duration.ofSeconds(5));
    assertThat(waiting.getFirst().isDone()).isFalse();
    assertThat(receiver.log().shortage().orElseThrow()).contains("No space left");
    target.world.host().space().removeForeign();
    target.world.simulation().runFor(Duration.ofSeconds(5));
    assertThat(waiting.getFirst().isDone()).isTrue();
    assertThat(receiver.fetchAll(source.world, log.log())).isEqualTo(all);
  }

  /** A failed write stops it; opened again, in the same process too, it goes on. */
  @Test
  void aFailedWriteIsFinalUntilItIsOpenedAgain() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    log.write(0, 4096);
    receiver.fetchAll(source.world, log.log());
    log.write(0, 65536);
    target.medium(SimLog.logfile(1)).faults().next(Fault.SYNC_ERROR);
    ShippedLog.Found.Run run = run(receiver, log);
    assertThatThrownBy(() -> receiver.take(run)).hasMessageContaining("Input/output error");
    assertThat(receiver.stopped.orElseThrow()).contains("writing log-000000001-host failed");
    assertThatThrownBy(() -> receiver.receive(run.position().lsn(), run.bytes()))
        .isInstanceOf(IOException.class);
    assertThat(receiver.told).hasSize(1);
    receiver.close();
    TestReceiver again = TestReceiver.open(target);
    long end = again.fetchAll(source.world, log.log());
    target.powerFail();
    assertThat(TestReceiver.open(target).log().next().lsn()).isEqualTo(end);
  }

  /** What is not written below is served from here: a member that follows can be followed. */
  @Test
  void aReceivedLogCanBeShippedOn() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    for (int i = 0; i < 10; i++) {
      log.write(0, MIB);
    }
    SimLog third = new SimLog(33);
    TestReceiver last = TestReceiver.join(third, new LogStart(log.log().resourceId(), 0));
    assertThat(last.look(target.world, receiver.log())).isEqualTo(new ShippedLog.Found.Nothing(0));
    long end = receiver.fetchAll(source.world, log.log());
    assertThat(last.fetchAll(target.world, receiver.log())).isEqualTo(end);
    log.write(0, 512);
    last.fetchAll(source.world, log.log());
    assertThat(last.look(target.world, receiver.log())).isEqualTo(new ShippedLog.Found.Ahead(end));
  }

  /** Promotion: what was received is opened for writing, and a new epoch continues it. */
  @Test
  void aReceivedLogIsContinuedByANewEpoch() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    log.write(0, 4096);
    long end = receiver.fetchAll(source.world, log.log());
    receiver.close();
    source.powerFail();
    TestLog promoted = target.open();
    assertThat(promoted.log().epoch().number()).isEqualTo(2);
    assertThat(promoted.log().epoch().parent())
        .isEqualTo(new Epoch.Parent(log.log().epoch().id(), end));
    promoted.write(8192, 512);
    TestReceiver former = TestReceiver.open(source);
    assertThat(former.log().next()).isEqualTo(new Position(1, end, log.log().epoch().id()));
    former.fetchAll(target.world, promoted.log());
    assertThat(former.log().lineage().epochs()).hasSize(2);
  }

  @Test
  void whatIsAwaitedMayStillHaveToBeReceived() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    List<String> heard = new ArrayList<>();
    target.world.await(() -> {
      receiver.log().whenDurable(4096, Completion.of(() -> heard.add("4096"), c -> {}));
      receiver.log().whenDurable(1 << 30, Completion.of(() -> {}, c -> heard.add("closed")));
      return Async.done();
    });
    receiver.fetchAll(source.world, log.log());
    assertThat(heard).containsExactly("4096");
    receiver.close();
    assertThat(heard).containsExactly("4096", "closed");
  }

  /** Small records that share blocks, and a group with block boundaries between its pieces. */
  private List<Long> appendMixed(TestLog log) throws IOException {
    int piece = LogLimits.BLOCK_BYTES - RecordHeader.BYTES;
    List<Long> group = new ArrayList<>();
    source.world.await(() -> {
      assertThat(log.log().admit(100_000)).isTrue();
      for (int i = 0; i < 3; i++) {
        log.appendNow(i * 512L, 512);
      }
      log.appendNow(0, LogLimits.BLOCK_BYTES - 3 * 576 - RecordHeader.BYTES);
      for (int i = 0; i < 3; i++) {
        int flags = i < 2 ? RecordFlags.ATOMIC_WITH_NEXT : 0;
        Entry entry = new Entry(RecordType.WRITE, flags, 0, 0, piece);
        group.add(log.log().append(entry, TestLog.payload(i, piece)));
      }
      for (int i = 0; i < 6; i++) {
        log.appendNow(i * 512L, 1024);
      }
      return Async.start(done -> log.log().whenDurable(log.log().marks().appended(), done));
    });
    return group;
  }

  /**
   * Each sector in turn holds something older: what is kept is whole, and goes on with the
   * source's.
   */
  @Test
  void anySectorMayBeMissing() throws IOException {
    TestLog log = source.open();
    List<Long> group = appendMixed(log);
    log.write(0, 512);
    TestReceiver receiver = join(log, 0);
    long end = receiver.fetchAll(source.world, log.log());
    List<Long> all = List.copyOf(receiver.told);
    Set<Long> cuts = new TreeSet<>();
    for (long sector = 0; sector < end; sector += 512) {
      target.powerFail();
      target.overwrite(
          SimLog.logfile(1), LogfileHeader.BYTES + sector, TestLog.payload(sector * 7, 512));
      TestReceiver torn = TestReceiver.open(target);
      long kept = torn.log().next().lsn();
      cuts.add(kept);
      assertThat(kept).isLessThanOrEqualTo(sector);
      assertThat(torn.told).isEqualTo(all.stream().filter(lsn -> lsn < kept).toList());
      assertThat(kept <= group.getFirst() || kept > group.getLast()).as("a whole group").isTrue();
      if (kept > 0) {
        assertSameBytes(1, kept);
      }
      assertThat(torn.fetchAll(source.world, log.log())).isEqualTo(end);
      assertThat(torn.told).isEqualTo(all);
      assertSameBytes(1, end);
    }
    assertThat(cuts).hasSizeGreaterThan(4);
  }

  /** After a kill the page cache may be ahead of the medium, whatever records say. */
  @Test
  void whatWasOnlyInThePageCacheIsWrittenAgain() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    receiver.fetchAll(source.world, log.log());
    target.medium(SimLog.logfile(1)).faults().chance(Fault.LYING_SYNC, 1);
    for (int i = 0; i < 5; i++) {
      log.write(i * 4096L, 4096);
      receiver.fetchAll(source.world, log.log());
    }
    target.medium(SimLog.logfile(1)).faults().heal();
    target.kill();
    long kept = TestReceiver.open(target).log().next().lsn();
    target.powerFail();
    assertThat(TestReceiver.open(target).log().next().lsn()).isEqualTo(kept);
  }
}
