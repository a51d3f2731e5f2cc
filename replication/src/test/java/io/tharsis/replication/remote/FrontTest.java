package io.tharsis.replication.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.fetch.ScriptedLinks;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.VolumeMessage;
import io.tharsis.replication.wire.VolumeMessage.Attach;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Cancel;
import io.tharsis.replication.wire.VolumeMessage.Credit;
import io.tharsis.replication.wire.VolumeMessage.EpochSeen;
import io.tharsis.replication.wire.VolumeMessage.Found;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Piece;
import io.tharsis.replication.wire.VolumeMessage.Reply;
import io.tharsis.replication.wire.VolumeMessage.Request;
import io.tharsis.replication.wire.VolumeMessage.Reset;
import io.tharsis.replication.wire.VolumeMessage.Tick;
import io.tharsis.replication.wire.VolumeMessage.VolumeShape;
import io.tharsis.replication.wire.VolumeMessage.WasReset;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A front whose primary is the test. */
class FrontTest {

  private static final UUID RESOURCE = new UUID(0x4E, 0x4E);
  private static final FetchSource FIRST = source(1);
  private static final FetchSource SECOND = source(2);
  private static final UUID SERVICE = new UUID(0x5E, 1);
  private static final EpochSeen EPOCH = new EpochSeen(new UUID(0xE, 1), new UUID(0, 0), true);

  private final SimWorld world = new SimWorld(71);
  private final StoppableClock clock = new StoppableClock(world.clock());
  private final ScriptedLinks links = new ScriptedLinks();
  private final ToldEnds ends = new ToldEnds();
  private final List<String> heard = new ArrayList<>();
  private final Front front;
  private Credit credit = new Credit(8, 1 << 20);
  private Async<Void> resetting = Async.done();

  FrontTest() {
    front =
        Front.of(
            RESOURCE,
            List.of(new Front.Shape(1 << 20, WriteCache.FLUSH)),
            new FrontSeams(links, new LinkHome(world.owner(), clock), new TestLog.Counting(1)));
    front.listen(
        new Front.Listener() {
          @Override
          public void accessChanged(AccessState state) {
            heard.add(state.toString());
          }

          @Override
          public void resized(int volume) {
            heard.add("resized " + volume);
          }

          @Override
          public void restarted() {
            heard.add("restarted");
          }

          @Override
          public Async<Void> reset(int volume) {
            heard.add("reset " + volume);
            return resetting;
          }
        });
  }

  private static FetchSource source(int number) {
    return new FetchSource(
        new UUID(0xA, number), InetSocketAddress.createUnresolved("node" + number, 1));
  }

  private Volume volume() {
    return front.volumes().getFirst();
  }

  private <T> T on(Supplier<T> action) {
    List<T> result = new ArrayList<>();
    world.owner().execute(() -> result.add(action.get()));
    world.simulation().runUntil(() -> !result.isEmpty(), 1000);
    return result.getFirst();
  }

  private void act(Runnable action) {
    boolean done =
        on(() -> {
          action.run();
          return true;
        });
    assertThat(done).isTrue();
    pass(1);
  }

  private void pass(long millis) {
    world.simulation().runFor(Duration.ofMillis(millis));
  }

  private Ticket write(String name, int bytes) {
    ByteBuffer data = ByteBuffer.allocateDirect(bytes);
    return on(() -> volume().write(4096, data, false, ends.of(name)));
  }

  private VolumeCompletion read(String name) {
    VolumeCompletion done = ends.of(name);
    act(() -> volume().read(0, ByteBuffer.allocateDirect(4096), done));
    return done;
  }

  private ScriptedLink link() {
    ScriptedLink[] link = new ScriptedLink[1];
    ScriptedLinks.Asked asked = links.asked().orElseThrow();
    act(() -> link[0] = asked.accept());
    return link[0];
  }

  private void say(ScriptedLink link, Message message) {
    act(() -> link.say(message));
  }

  private long tick() {
    return 1_000_000 + world.simulation().nowNanos() / 1_000_000;
  }

  private Attached attached(UUID service, EpochSeen epoch, boolean resumed) {
    return new Attached(
        service,
        epoch,
        resumed,
        tick(),
        credit,
        List.of(new VolumeShape(1 << 20, WriteCache.FLUSH)));
  }

  private ScriptedLink reached(FetchSource primary) {
    act(() -> front.follow(primary));
    ScriptedLink link = link();
    say(link, attached(SERVICE, EPOCH, false));
    return link;
  }

  private static <T extends VolumeMessage> List<T> taken(ScriptedLink link, Class<T> kind) {
    return link.take().stream()
        .flatMap(it -> kind.isInstance(it) ? Stream.of(kind.cast(it)) : Stream.empty())
        .toList();
  }

  private static Request request(ScriptedLink link) {
    List<Request> all = taken(link, Request.class);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  /** Time passes at a primary that ticks. */
  private void tickFor(ScriptedLink link, int millis) {
    for (int passed = 0; passed < millis; passed += 250) {
      pass(249);
      say(link, new Tick(tick()));
    }
  }

  private void end(ScriptedLink link, Request request, Outcome outcome) {
    say(link, new Reply(request.seq(), outcome));
  }

  // ---- what waits ----

  @Test
  void whatWaitedIsSentInItsOrderAndWithTheNewestTick() {
    write("one", 4096);
    write("two", 8192);
    pass(3000);
    ScriptedLink link = reached(FIRST);
    List<Request> sent = taken(link, Request.class);
    assertThat(sent).extracting(it -> it.work().length()).containsExactly(4096L, 8192L);
    assertThat(sent.getFirst().sign().tick()).isGreaterThan(tick() - 10);
    end(link, sent.get(1), Outcome.DONE);
    end(link, sent.get(0), Outcome.SPACE_EXHAUSTED);
    assertThat(ends.all()).containsExactly("two done", "one SPACE_EXHAUSTED");
    assertThat(front.underWay()).isZero();
  }

  @Test
  void whatWaitsIsTakenBackAtOnce() {
    Ticket ticket = write("write", 4096);
    VolumeCompletion read = read("read");
    assertThat(on(ticket::cancel)).isTrue();
    assertThat(on(() -> volume().withdraw(read))).isTrue();
    ScriptedLink link = reached(FIRST);
    assertThat(taken(link, Request.class)).isEmpty();
    assertThat(ends.all()).isEmpty();
    assertThat(front.underWay()).isZero();
  }

  @Test
  void whatWaitsFailsAfterTenSeconds() {
    write("write", 4096);
    pass(9_400);
    assertThat(ends.all()).isEmpty();
    pass(600);
    assertThat(ends.all()).containsExactly("write TRANSITIONING");
  }

  @Test
  void whatIsNotServedFailsAtOnce() {
    write("waiting", 4096);
    act(() -> front.refuse("split"));
    write("new", 4096);
    pass(1);
    assertThat(ends.all()).containsExactly("waiting UNAVAILABLE", "new UNAVAILABLE");
    assertThat(front.state()).isEqualTo(AccessState.UNAVAILABLE);
  }

  @Test
  void creditIsKeptTo() {
    credit = new Credit(2, 10_000);
    ScriptedLink link = reached(FIRST);
    link.take();
    write("one", 4096);
    write("two", 8192);
    write("three", 512);
    Request one = request(link);
    end(link, one, Outcome.DONE);
    List<Request> next = taken(link, Request.class);
    assertThat(next).extracting(it -> it.work().length()).containsExactly(8192L, 512L);
    assertThat(next.getFirst().sign().seen()).isEqualTo(1);
  }

  // ---- taking back what was sent ----

  @Test
  void whatWasSentIsCancelledAheadAndEndsWithThePrimarysAnswer() {
    ScriptedLink link = reached(FIRST);
    link.take();
    Ticket ticket = write("write", 4096);
    Request request = request(link);
    assertThat(on(ticket::cancel)).isFalse();
    assertThat(taken(link, Cancel.class)).extracting(Cancel::seq).containsExactly(request.seq());
    tickFor(link, 5000);
    assertThat(ends.all()).isEmpty();
    end(link, request, Outcome.NOT_BEGUN);
    assertThat(ends.all()).containsExactly("write INTERRUPTED");
    assertThat(taken(link, Request.class)).isEmpty();
  }

  @Test
  void withoutAnAnswerItEndsWhenItCannotTakeEffectAnyMore() {
    ScriptedLink link = reached(FIRST);
    Ticket ticket = write("write", 4096);
    pass(800);
    act(() -> assertThat(ticket.cancel()).isFalse());
    act(link::cut);
    pass(2_400);
    assertThat(ends.all()).isEmpty();
    pass(400);
    assertThat(ends.all()).containsExactly("write INTERRUPTED");
  }

  @Test
  void aReadThatWasTriedToBeTakenBackIsNotSentAgain() {
    ScriptedLink link = reached(FIRST);
    VolumeCompletion read = read("read");
    assertThat(on(() -> volume().withdraw(read))).isFalse();
    act(link::cut);
    assertThat(ends.all()).containsExactly("read INTERRUPTED");
  }

  // ---- resets ----

  @Test
  void aResetIsOverWhenThePrimaryHasHadItDoneElsewhere() {
    Async<Void> waiting = on(() -> front.reset(0));
    ScriptedLink link = reached(FIRST);
    Reset first = taken(link, Reset.class).getFirst();
    Async<Void> next = on(() -> front.reset(0));
    Reset second = taken(link, Reset.class).getFirst();
    assertThat(first.volume()).isZero();
    say(link, new WasReset(second.number()));
    assertThat(next.isDone()).isTrue();
    assertThat(waiting.isDone()).isFalse();
    say(link, new WasReset(first.number()));
    assertThat(waiting.failure()).isEmpty();
    assertThat(heard).doesNotContain("reset 0");
  }

  @Test
  void aResetIsAskedForAgainOverTheNextLink() {
    ScriptedLink link = reached(FIRST);
    Async<Void> waiting = on(() -> front.reset(0));
    Reset first = taken(link, Reset.class).getFirst();
    tickFor(link, 500);
    assertThat(taken(link, Reset.class)).isEmpty();
    act(link::cut);
    ScriptedLink next = link();
    say(next, attached(SERVICE, EPOCH, true));
    assertThat(taken(next, Reset.class)).containsExactly(first);
    say(next, new WasReset(first.number()));
    assertThat(waiting.isDone()).isTrue();
  }

  @Test
  void aResetThatNobodyCanBeToldOfFails() {
    Async<Void> waiting = on(() -> front.reset(0));
    pass(9_500);
    assertThat(waiting.isDone()).isFalse();
    pass(1_000);
    assertThat(waiting.failure()).isPresent();
    act(() -> front.refuse("split"));
    assertThat(on(() -> front.reset(0)).isDone()).isTrue();
  }

  @Test
  void aResetElsewhereIsAnsweredWhenItIsDoneHere() {
    resetting = new Async<>();
    ScriptedLink link = reached(FIRST);
    link.take();
    say(link, new Reset(77, 0));
    assertThat(heard).contains("reset 0");
    assertThat(taken(link, WasReset.class)).isEmpty();
    act(() -> resetting.succeed(null));
    assertThat(taken(link, WasReset.class)).containsExactly(new WasReset(77));
  }

  // ---- links that break ----

  @Test
  void afterABreakOnlyWhatThePrimaryDoesNotHaveIsSentAgain() {
    ScriptedLink link = reached(FIRST);
    link.take();
    write("done", 4096);
    write("not there", 8192);
    read("read");
    List<Request> sent = taken(link, Request.class);
    act(link::cut);
    ScriptedLink next = link();
    Attach attach = taken(next, Attach.class).getFirst();
    assertThat(attach.unresolved()).containsExactly(sent.get(0).seq(), sent.get(1).seq());
    assertThat(attach.knows().service()).isEqualTo(SERVICE);
    say(next, attached(SERVICE, EPOCH, true));
    assertThat(taken(next, Request.class))
        .extracting(it -> it.work().kind())
        .containsExactly(Kind.READ);
    end(next, sent.get(0), Outcome.DONE);
    end(next, sent.get(1), Outcome.NOT_BEGUN);
    assertThat(ends.all()).containsExactly("done done");
    Request again = request(next);
    assertThat(again.work()).isEqualTo(sent.get(1).work());
    assertThat(again.seq()).isGreaterThan(sent.get(2).seq());
    assertThat(heard).doesNotContain("restarted");
  }

  @Test
  void aPrimaryThatWasOpenedAnewKnowsNothingOfChanges() {
    ScriptedLink link = reached(FIRST);
    link.take();
    write("write", 4096);
    act(() -> volume().flush(ends.of("flush")));
    read("read");
    act(link::cut);
    ScriptedLink next = link();
    EpochSeen other = new EpochSeen(new UUID(0xE, 2), EPOCH.id(), false);
    next.take();
    say(next, attached(new UUID(0x5E, 2), other, false));
    assertThat(ends.all()).containsExactly("write INTERRUPTED", "flush INTERRUPTED");
    assertThat(request(next).work().kind()).isEqualTo(Kind.READ);
    assertThat(heard).contains("restarted");
  }

  @Test
  void aHandoverLosesNothing() {
    reached(FIRST);
    act(() -> front.follow(SECOND));
    ScriptedLink next = link();
    EpochSeen other = new EpochSeen(new UUID(0xE, 2), EPOCH.id(), true);
    say(next, attached(new UUID(0x5E, 2), other, false));
    assertThat(heard).doesNotContain("restarted");
  }

  @Test
  void aSilentPrimaryIsLeftAndNothingOldIsSent() {
    ScriptedLink link = reached(FIRST);
    link.take();
    pass(1_100);
    write("write", 4096);
    assertThat(taken(link, Request.class)).isEmpty();
    assertThat(link.closed()).isEmpty();
    pass(1_300);
    assertThat(link.closed()).isPresent();
    ScriptedLink next = link();
    say(next, attached(SERVICE, EPOCH, true));
    assertThat(taken(next, Request.class)).hasSize(1);
  }

  @Test
  void whatCameTooLateIsNotSentAgainBeforeTheNextTick() {
    ScriptedLink link = reached(FIRST);
    link.take();
    write("write", 4096);
    end(link, request(link), Outcome.NOT_BEGUN);
    assertThat(taken(link, Request.class)).isEmpty();
    tickFor(link, 250);
    assertThat(request(link).sign().tick()).isGreaterThan(tick() - 10);
  }

  // ---- roles ----

  @Test
  void whatHasMovedWaitsForTheNextPrimary() {
    ScriptedLink link = reached(FIRST);
    link.take();
    write("write", 4096);
    end(link, request(link), Outcome.MOVED);
    assertThat(front.state()).isEqualTo(AccessState.TRANSITIONING);
    tickFor(link, 1000);
    assertThat(taken(link, Request.class)).isEmpty();
    assertThat(ends.all()).isEmpty();
    // by itself it asks the first one again, which may be told otherwise
    ScriptedLinks.Asked again = links.asked().orElseThrow();
    assertThat(again.to().node()).contains(FIRST.node());
    act(() -> front.follow(SECOND));
    ScriptedLink next = link();
    next.take();
    say(next, attached(new UUID(0x5E, 2), EPOCH, false));
    assertThat(request(next).work().length()).isEqualTo(4096);
  }

  @Test
  void whatIsAtThePrimaryThatWasLeftIsAnsweredThere() {
    ScriptedLink link = reached(FIRST);
    link.take();
    write("write", 4096);
    Request request = request(link);
    act(() -> front.follow(SECOND));
    assertThat(link.closed()).isEmpty();
    end(link, request, Outcome.DONE);
    assertThat(ends.all()).containsExactly("write done");
    assertThat(link.closed()).isPresent();
  }

  @Test
  void accessIsToldAndShortBreaksAreNot() {
    ScriptedLink link = reached(FIRST);
    assertThat(heard).containsExactly("NON_OPTIMIZED");
    act(link::cut);
    pass(500);
    assertThat(heard).containsExactly("NON_OPTIMIZED");
    pass(1_000);
    assertThat(heard).containsExactly("NON_OPTIMIZED", "TRANSITIONING");
    assertThat(front.reason()).contains("cut");
    pass(10_000);
    assertThat(heard).containsExactly("NON_OPTIMIZED", "TRANSITIONING", "UNAVAILABLE");
  }

  @Test
  void sizesAreThePrimarys() {
    ScriptedLink link = reached(FIRST);
    say(link, new VolumeMessage.Resized(0, new VolumeShape(2 << 20, WriteCache.FLUSH)));
    assertThat(volume().sizeBytes()).isEqualTo(2 << 20);
    assertThat(heard).contains("resized 0");
  }

  // ---- time ----

  @Test
  void whatWaitedWhileThisNodeStoodStillIsAsOldAsItIs() {
    credit = new Credit(1, 1 << 20);
    ScriptedLink link = reached(FIRST);
    link.take();
    write("there", 4096);
    write("waiting", 4096);
    clock.missed(Duration.ofSeconds(15));
    world.simulation().runFor(Duration.ofSeconds(15).minusMillis(1));
    say(link, new Tick(tick()));
    assertThat(ends.all()).containsExactly("waiting TRANSITIONING");
  }

  // ---- data ----

  @Test
  void longWritesGoInPiecesAsFarAsThereIsRoom() {
    credit = new Credit(8, 4 << 20);
    ScriptedLink link = reached(FIRST);
    link.take();
    on(() -> {
      link.room(true);
      return true;
    });
    write("write", 600 << 10);
    List<Message> sent = link.take();
    assertThat(sent).hasSize(3);
    assertThat(((Request) sent.get(0)).data().plainBytes()).isEqualTo(RemoteVisit.PIECE_BYTES);
    assertThat(((Piece) sent.get(2)).data().plainBytes()).isEqualTo(88 << 10);
  }

  @Test
  void readsComeInPieces() {
    ScriptedLink link = reached(FIRST);
    link.take();
    ByteBuffer into = ByteBuffer.allocateDirect(1024);
    act(() -> volume().read(0, into, ends.of("read")));
    Request request = request(link);
    Payload half = Payload.plain(ByteBuffer.allocate(512).put(0, (byte) 7));
    say(link, new Found(request.seq(), false, half));
    assertThat(ends.all()).isEmpty();
    say(link, new Found(request.seq(), true, half));
    assertThat(ends.all()).containsExactly("read done");
    assertThat(into.get(0)).isEqualTo((byte) 7);
    assertThat(into.get(512)).isEqualTo((byte) 7);
  }

  @Test
  void closingWaitsForWhatWasSent() {
    ScriptedLink link = reached(FIRST);
    link.take();
    write("write", 4096);
    Request request = request(link);
    Async<Void> closed = on(front::close);
    pass(100);
    assertThat(closed.isDone()).isFalse();
    assertThat(taken(link, Cancel.class)).hasSize(1);
    end(link, request, Outcome.DONE);
    assertThat(closed.isDone()).isTrue();
    assertThat(link.closed()).isPresent();
    write("late", 4096);
    pass(1);
    assertThat(ends.all()).containsExactly("write done", "late NOT_READY");
  }
}
