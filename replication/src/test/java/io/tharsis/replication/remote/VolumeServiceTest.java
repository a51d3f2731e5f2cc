package io.tharsis.replication.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.fetch.ScriptedLinks;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.VolumeMessage;
import io.tharsis.replication.wire.VolumeMessage.Attach;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Cancel;
import io.tharsis.replication.wire.VolumeMessage.Found;
import io.tharsis.replication.wire.VolumeMessage.Heard;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Moved;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Piece;
import io.tharsis.replication.wire.VolumeMessage.Pulse;
import io.tharsis.replication.wire.VolumeMessage.Reply;
import io.tharsis.replication.wire.VolumeMessage.Request;
import io.tharsis.replication.wire.VolumeMessage.Reset;
import io.tharsis.replication.wire.VolumeMessage.Sign;
import io.tharsis.replication.wire.VolumeMessage.WasReset;
import io.tharsis.replication.wire.VolumeMessage.Work;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The service of a primary, whose fronts are the test. */
class VolumeServiceTest {

  private static final long VOLUME_BYTES = 4 << 20;
  private static final UUID FRONT = new UUID(0xF, 1);

  private final SimWorld world = new SimWorld(72);
  private final StoppableClock clock = new StoppableClock(world.clock());
  private final LoggedResource resource;
  private final VolumeService service;
  private long attempts;

  VolumeServiceTest() throws IOException {
    var store = world.await(world::openStore);
    resource =
        world.await(() ->
            world
                .openSparse("disk", VOLUME_BYTES)
                .then(disk ->
                    LoggedResource.open(
                        new ResourceConfig(
                            "r",
                            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
                            TestLog.config(TestLog.LIMITS, false)),
                        TestLog.seams(world, store, 72))));
    service =
        VolumeService.over(resource, new LinkHome(world.owner(), clock), new TestLog.Counting(900));
  }

  private void act(Runnable action) {
    List<Boolean> done = new ArrayList<>();
    world
        .owner()
        .execute(() -> {
          action.run();
          done.add(true);
        });
    world.simulation().runUntil(() -> !done.isEmpty(), 1000);
    pass(20);
  }

  private void pass(long millis) {
    world.simulation().runFor(Duration.ofMillis(millis));
  }

  private long tick() {
    return clock.monotonicNanos() / 1_000_000;
  }

  private ScriptedLink link() {
    Hello.Purpose purpose = Hello.Purpose.of(LinkClass.VOLUME, resource.id());
    var accepted = (Acceptance.Accepted) service.accept(purpose);
    ScriptedLink link = new ScriptedLink(LinkClass.VOLUME, accepted.handler());
    act(link::open);
    return link;
  }

  private ScriptedLink attach(UUID front, Long... unresolved) {
    ScriptedLink link = link();
    say(link, new Attach(front, ++attempts, Heard.NOTHING, List.of(unresolved)));
    return link;
  }

  private ScriptedLink attached() {
    ScriptedLink link = attach(FRONT);
    link.take();
    return link;
  }

  private void say(ScriptedLink link, Message message) {
    act(() -> link.say(message));
  }

  private Request write(long seq, int value) {
    return write(seq, value, tick(), 4096, 4096);
  }

  private static Request write(long seq, int value, long tick, int bytes, int first) {
    ByteBuffer data = ByteBuffer.allocate(first);
    while (data.hasRemaining()) {
      data.put((byte) value);
    }
    Work work = new Work(Kind.WRITE, false, 0, 8192, bytes);
    return new Request(seq, new Sign(tick, 0), work, Payload.plain(data.flip()));
  }

  private Request read(long seq, int bytes) {
    Work work = new Work(Kind.READ, false, 0, 8192, bytes);
    return new Request(seq, new Sign(tick(), 0), work, Payload.plain(ByteBuffer.allocate(0)));
  }

  private static <T extends VolumeMessage> List<T> taken(ScriptedLink link, Class<T> kind) {
    return link.take().stream()
        .flatMap(it -> kind.isInstance(it) ? Stream.of(kind.cast(it)) : Stream.empty())
        .toList();
  }

  private static void answers(ScriptedLink link, long seq, Outcome outcome) {
    assertThat(taken(link, Reply.class)).containsExactly(new Reply(seq, outcome));
  }

  private int content() {
    ByteBuffer into = ByteBuffer.allocateDirect(4096);
    ToldEnds ends = new ToldEnds();
    act(() -> resource.volume(0).read(8192, into, ends.of("read")));
    assertThat(ends.all()).containsExactly("read done");
    return into.get(0);
  }

  private void freeze() {
    act(() -> resource.freeze().observe(at -> {}, cause -> {}));
  }

  private void thaw() {
    act(resource::thaw);
  }

  @Test
  void writesAndReads() {
    ScriptedLink link = attached();
    assertThat(service.attachedNodes()).containsExactly(ScriptedLink.PEER);
    say(link, write(1, 5));
    answers(link, 1, Outcome.DONE);
    say(link, read(2, 512));
    List<Found> found = taken(link, Found.class);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().data().stored().get(0)).isEqualTo((byte) 5);
    assertThat(service.underWay()).isZero();
  }

  @Test
  void aResetIsOverWhenAllFrontsHaveDoneIt() {
    ScriptedLink link = attached();
    List<Async<Void>> begun = new ArrayList<>();
    act(() -> begun.add(service.reset(0)));
    Reset told = taken(link, Reset.class).getFirst();
    assertThat(begun.getFirst().isDone()).isFalse();
    say(link, new WasReset(told.number()));
    assertThat(begun.getFirst().isDone()).isTrue();
  }

  @Test
  void aFrontThatIsSilentIsWaitedForAsLongAsItCanDoSomething() {
    ScriptedLink link = attached();
    List<Async<Void>> begun = new ArrayList<>();
    act(() -> begun.add(service.reset(0)));
    pass(2_300);
    assertThat(begun.getFirst().isDone()).isFalse();
    pass(700);
    assertThat(begun.getFirst().isDone()).isTrue();
    assertThat(link.closed()).isEmpty();
  }

  @Test
  void aFrontThatIsNotLinkedIsToldWhenItComesBack() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    List<Async<Void>> begun = new ArrayList<>();
    act(() -> begun.add(service.reset(0)));
    act(link::cut);
    pass(300);
    act(() -> begun.add(service.reset(0)));
    assertThat(begun).allMatch(Async::isDone);
    assertThat(taken(attach(FRONT), Reset.class)).hasSize(1);
  }

  @Test
  void aFrontThatIsNoMoreIsNotWaitedFor() {
    attached();
    List<Async<Void>> begun = new ArrayList<>();
    act(() -> begun.add(service.reset(0)));
    attach(new UUID(0xF, 2));
    assertThat(begun.getFirst().isDone()).isTrue();
    act(() -> begun.add(service.reset(0)));
    act(() -> service.close().observe(done -> {}, cause -> {}));
    assertThat(begun.getLast().isDone()).isTrue();
  }

  @Test
  void aResetThatAFrontAsksForIsDoneHereAndNotBackThere() {
    List<String> heard = new ArrayList<>();
    Front here =
        Front.of(
            resource.id(),
            List.of(new Front.Shape(VOLUME_BYTES, WriteCache.DURABLE)),
            new FrontSeams(
                new ScriptedLinks(), new LinkHome(world.owner(), clock), new TestLog.Counting(5)));
    here.listen(
        new Front.Listener() {
          @Override
          public Async<Void> reset(int volume) {
            heard.add("reset " + volume);
            return Async.done();
          }
        });
    act(() -> {
      service.beside(here);
      here.serve(resource, service::reset);
    });
    ScriptedLink link = attached();
    say(link, new Reset(9, 0));
    assertThat(heard).containsExactly("reset 0");
    assertThat(link.take()).contains(new WasReset(9)).noneMatch(Reset.class::isInstance);
    List<Async<Void>> begun = new ArrayList<>();
    act(() -> begun.add(here.reset(0)));
    say(link, new WasReset(taken(link, Reset.class).getFirst().number()));
    assertThat(begun.getFirst().isDone()).isTrue();
    assertThat(heard).hasSize(1);
  }

  @Test
  void whatIsTooOldIsNotBegun() {
    ScriptedLink link = attached();
    say(link, write(1, 5, tick() - 2_100, 4096, 4096));
    answers(link, 1, Outcome.NOT_BEGUN);
    assertThat(content()).isZero();
  }

  @Test
  void ofAWriteInPiecesTheLastOneCounts() {
    ScriptedLink link = attached();
    say(link, write(1, 5, tick() - 9_000, 8192, 4096));
    Payload rest = Payload.plain(ByteBuffer.allocate(4096));
    say(link, new Piece(new Sign(tick(), 0), rest));
    answers(link, 1, Outcome.DONE);
    say(link, write(2, 6, tick(), 8192, 4096));
    say(link, new Piece(new Sign(tick() - 2_100, 0), rest));
    answers(link, 2, Outcome.NOT_BEGUN);
    assertThat(content()).isEqualTo(5);
  }

  @Test
  void whatWaitsIsTakenBackWhenItIsCancelled() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    say(link, new Cancel(1, new Sign(tick(), 0)));
    answers(link, 1, Outcome.NOT_BEGUN);
    thaw();
    assertThat(content()).isZero();
    assertThat(service.underWay()).isZero();
  }

  @Test
  void whatIsNotWholeIsTakenBackWhenItIsCancelled() {
    ScriptedLink link = attached();
    say(link, write(1, 5, tick(), 8192, 4096));
    say(link, new Cancel(1, new Sign(tick(), 0)));
    answers(link, 1, Outcome.NOT_BEGUN);
    say(link, write(2, 6));
    answers(link, 2, Outcome.DONE);
  }

  @Test
  void whatWaitsDiesWithItsLinkAndIsNotThereThen() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    act(link::cut);
    assertThat(service.underWay()).isZero();
    thaw();
    assertThat(content()).isZero();
    answers(attach(FRONT, 1L), 1, Outcome.NOT_BEGUN);
  }

  @Test
  void whatWaitsDiesWhenItsFrontIsSilentAndLivesWhenItIsNot() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    for (int i = 0; i < 20; i++) {
      pass(250);
      say(link, new Pulse(new Sign(tick(), 0)));
    }
    assertThat(taken(link, Reply.class)).isEmpty();
    pass(2_600);
    answers(link, 1, Outcome.NOT_BEGUN);
    thaw();
    assertThat(content()).isZero();
  }

  @Test
  void whatIsDoneIsRememberedUntilTheFrontHasSeenIt() {
    ScriptedLink link = attached();
    say(link, write(1, 5));
    say(link, write(2, 6));
    assertThat(service.remembered()).isEqualTo(2);
    say(link, new Pulse(new Sign(tick(), 1)));
    assertThat(service.remembered()).isEqualTo(1);
    act(link::cut);
    ScriptedLink next = attach(FRONT, 2L);
    Attached attached = taken(next, Attached.class).getFirst();
    assertThat(attached.resumed()).isTrue();
    act(next::cut);
    ScriptedLink last = attach(FRONT, 2L, 3L);
    assertThat(taken(last, Reply.class))
        .containsExactly(new Reply(2, Outcome.DONE), new Reply(3, Outcome.NOT_BEGUN));
  }

  @Test
  void aFrontThatIsNotKnownIsToldSo() {
    ScriptedLink link = attach(FRONT, 1L);
    List<Message> said = link.take();
    assertThat(said).noneMatch(Reply.class::isInstance);
    assertThat(((Attached) said.getFirst()).resumed()).isFalse();
    act(link::cut);
    pass(31_000);
    ScriptedLink late = attach(FRONT, 1L);
    assertThat(taken(late, Attached.class).getFirst().resumed()).isFalse();
  }

  @Test
  void anotherLinkOfTheNodeEndsTheOldOneFirst() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    link.take();
    ScriptedLink other = attach(new UUID(0xF, 2));
    assertThat(link.closed()).isPresent();
    assertThat(link.sent()).isEmpty();
    assertThat(taken(other, Attached.class).getFirst().resumed()).isFalse();
    assertThat(service.underWay()).isZero();
    thaw();
    assertThat(content()).isZero();
  }

  @Test
  void anAttemptThatComesLateEndsNothing() {
    ScriptedLink link = attached();
    ScriptedLink late = link();
    say(late, new Attach(FRONT, attempts - 1, Heard.NOTHING, List.of()));
    assertThat(late.closed()).isPresent();
    assertThat(link.closed()).isEmpty();
  }

  @Test
  void aPrimaryThatStoodStillForgetsItsTicks() {
    ScriptedLink link = attach(FRONT);
    Attached attached = taken(link, Attached.class).getFirst();
    long before = tick();
    pass(5_000);
    clock.missed(Duration.ofSeconds(5));
    ScriptedLink fresh = link();
    say(link, new Pulse(new Sign(before, 0)));
    say(
        fresh,
        new Attach(
            new UUID(0xF, 2), ++attempts, new Heard(attached.service(), before, 5_000), List.of()));
    fresh.take();
    say(fresh, write(1, 5, before, 4096, 4096));
    answers(fresh, 1, Outcome.NOT_BEGUN);
    say(fresh, write(2, 6));
    answers(fresh, 2, Outcome.DONE);
  }

  @Test
  void whatFrontsMayNotSayEndsTheirLink() {
    ScriptedLink twice = attached();
    say(twice, write(4, 5));
    say(twice, write(4, 5));
    assertThat(twice.closed()).isPresent();
    ScriptedLink torn = attached();
    Work odd = new Work(Kind.READ, false, 0, 100, 512);
    say(torn, new Request(5, new Sign(tick(), 0), odd, Payload.plain(ByteBuffer.allocate(0))));
    assertThat(torn.closed()).isPresent();
    ScriptedLink early = link();
    say(early, write(6, 5));
    assertThat(early.closed()).isPresent();
  }

  @Test
  void noMoreThanTheCreditIsTaken() {
    ScriptedLink link = attached();
    freeze();
    long seq = 1;
    while (link.closed().isEmpty()) {
      Work work = new Work(Kind.WRITE, false, 0, 0, 1 << 20);
      long number = seq++;
      Payload first = Payload.plain(ByteBuffer.allocate(1 << 20));
      act(() -> link.say(new Request(number, new Sign(tick(), 0), work, first)));
    }
    assertThat(seq - 1).isEqualTo(17);
    assertThat(service.underWay()).isZero();
  }

  @Test
  void beyondTheEndNothingIsDone() {
    ScriptedLink link = attached();
    Work beyond = new Work(Kind.READ, false, 0, VOLUME_BYTES, 512);
    say(link, new Request(1, new Sign(tick(), 0), beyond, Payload.plain(ByteBuffer.allocate(0))));
    answers(link, 1, Outcome.READ_FAILED);
  }

  @Test
  void whatWasReadWaitsForRoom() {
    ScriptedLink link = attached();
    link.room(false);
    say(link, read(1, 512 << 10));
    assertThat(taken(link, Found.class)).isEmpty();
    act(() -> link.room(true));
    assertThat(taken(link, Found.class)).extracting(Found::last).containsExactly(false, true);
    assertThat(service.remembered()).isZero();
  }

  @Test
  void whatWaitsIsToldThatTheRoleHasMoved() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    act(() -> resource.cede().observe(done -> {}, cause -> {}));
    List<Message> said = link.take();
    assertThat(said).contains(new Reply(1, Outcome.MOVED), new Moved());
    say(link, write(2, 5));
    answers(link, 2, Outcome.MOVED);
    assertThat(taken(attach(new UUID(0xF, 2)), Moved.class)).hasSize(1);
  }

  @Test
  void closingTakesBackWhatWaitsAndTellsIt() {
    ScriptedLink link = attached();
    freeze();
    say(link, write(1, 5));
    List<Async<Void>> closed = new ArrayList<>();
    act(() -> closed.add(service.close()));
    assertThat(closed.getFirst().isDone()).isTrue();
    answers(link, 1, Outcome.NOT_BEGUN);
    assertThat(link.closed()).isPresent();
    Hello.Purpose purpose = Hello.Purpose.of(LinkClass.VOLUME, resource.id());
    assertThat(service.accept(purpose)).isInstanceOf(Acceptance.Refused.class);
  }

  @Test
  void aVolumeThatGrowsIsTold() {
    ScriptedLink link = attached();
    act(() -> resource.resize(0, 2 * VOLUME_BYTES).observe(done -> {}, cause -> {}));
    pass(1_000);
    assertThat(taken(link, VolumeMessage.Resized.class))
        .containsExactly(
            new VolumeMessage.Resized(
                0, new VolumeMessage.VolumeShape(2 * VOLUME_BYTES, WriteCache.DURABLE)));
  }
}
