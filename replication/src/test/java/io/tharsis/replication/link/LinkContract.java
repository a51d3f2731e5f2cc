package io.tharsis.replication.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.wire.ControlMessage.Ask;
import io.tharsis.replication.wire.ControlMessage.Ping;
import io.tharsis.replication.wire.ControlMessage.Pong;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.JoinMessage;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LogMessage.LogRun;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What links do, whatever carries them. */
public abstract class LinkContract {

  private static final UUID RESOURCE = new UUID(0xE5, 1);
  private static final Hello.Purpose CONTROL = Hello.Purpose.of(LinkClass.CONTROL);
  private static final Hello.Purpose LOG = Hello.Purpose.of(LinkClass.LOG, RESOURCE);

  private LinkWorld world;

  /** A fresh world. */
  protected abstract LinkWorld newWorld() throws IOException;

  @BeforeEach
  void open() throws IOException {
    world = newWorld();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private LinkNode.Spec spec(String name, int number) {
    return LinkNode.Spec.of(name, number, world.limits());
  }

  private LinkNode node(String name, int number) throws IOException {
    return world.start(spec(name, number));
  }

  private RecordingHandler handler() {
    return new RecordingHandler(world::changed, (_, _) -> {});
  }

  private Link connect(LinkNode from, LinkNode to, Hello.Purpose purpose, LinkHandler handler)
      throws IOException {
    Destination there =
        new Destination(to.address(), purpose, Optional.of(to.spec().sender().nodeId()));
    return world.await(from, () -> from.links().connect(there, from.home(), handler));
  }

  private RefusalCode refusal(LinkNode from, LinkNode to, Hello.Purpose purpose) {
    try {
      connect(from, to, purpose, handler());
    } catch (LinkRefusedException e) {
      return e.code();
    } catch (IOException e) {
      throw new AssertionError("not refused", e);
    }
    throw new AssertionError("accepted");
  }

  private void send(LinkNode node, Link link, Message message) {
    world.on(
        node,
        () -> {
          link.send(message);
          return true;
        });
  }

  private RecordingHandler acceptedBy(LinkNode node, int index) {
    world.until(
        () -> node.accepted().size() > index && node.accepted().get(index).link().isPresent());
    return node.accepted().get(index);
  }

  private static Owner counting(Owner owner, AtomicInteger messages) {
    return new Owner() {
      @Override
      public void execute(Runnable message) {
        messages.incrementAndGet();
        owner.execute(message);
      }

      @Override
      public boolean isCurrent() {
        return owner.isCurrent();
      }
    };
  }

  private static LogRun run(int number, int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i += 97) {
      content[i] = (byte) (number + i);
    }
    return new LogRun(
        new Position(1, number, RESOURCE),
        true,
        Optional.empty(),
        Payload.plain(ByteBuffer.wrap(content)));
  }

  // ---- what is promised ----

  @Test
  void bothEndsLearnWhoTheyTalkTo() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    Link there = connect(a, b, LOG, handler());
    RecordingHandler here = acceptedBy(b, 0);
    assertThat(there.peer()).isEqualTo(b.spec().sender());
    assertThat(there.purpose()).isEqualTo(LOG);
    assertThat(there.codecs()).containsExactly(Codec.values());
    Link back = here.link().orElseThrow();
    assertThat(back.peer()).isEqualTo(a.spec().sender());
    assertThat(back.purpose()).isEqualTo(LOG);
    assertThat(a.count(LinkEvent.CONNECTED)).isEqualTo(1);
    assertThat(b.count(LinkEvent.ACCEPTED)).isEqualTo(1);
  }

  @Test
  void messagesArriveOnceAndInOrderBothWays() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    b.react((link, message) -> {
      if (message instanceof Ping(long id, long time)) {
        link.send(new Pong(id, time + 1));
      }
    });
    RecordingHandler handler = handler();
    Link link = connect(a, b, CONTROL, handler);
    List<Message> pings = new ArrayList<>();
    List<Message> pongs = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      pings.add(new Ping(i, 7L * i));
      pongs.add(new Pong(i, 7L * i + 1));
    }
    world.on(
        a,
        () -> {
          pings.forEach(link::send);
          return true;
        });
    world.until(() -> handler.received().size() == 500);
    assertThat(handler.received()).isEqualTo(pongs);
    assertThat(acceptedBy(b, 0).received()).isEqualTo(pings);
  }

  @Test
  void whatIsSentAtOnceAfterTheGreetingArrives() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    LinkHandler talkative =
        new LinkHandler() {
          @Override
          public void opened(Link link) {
            for (int i = 0; i < 20; i++) {
              link.send(new Ask(i, "verb", Blob.of(new byte[2000])));
            }
          }

          @Override
          public void received(Link link, Message message) {
            throw new AssertionError("nothing is sent here");
          }

          @Override
          public void closed(Link link, LinkEnd end) {
            // the world ends
          }
        };
    RecordingHandler quiet = handler();
    b.links();
    world.await(
        b,
        () ->
            b.links()
                .connect(
                    new Destination(a.address(), CONTROL, Optional.empty()), b.home(), talkative));
    RecordingHandler accepted = acceptedBy(a, 0);
    world.until(() -> accepted.received().size() == 20);
    assertThat(quiet.received()).isEmpty();
  }

  @Test
  void theLargestMessageArrivesWhole() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    Link link = connect(a, b, LOG, handler());
    LogRun largest =
        new LogRun(
            new Position(3, 4, RESOURCE),
            true,
            Optional.of(ByteBuffer.allocate(Wire.HEADER_BLOCK_BYTES)),
            run(5, Wire.MAX_BULK_BYTES).payload());
    send(a, link, largest);
    RecordingHandler accepted = acceptedBy(b, 0);
    world.until(() -> !accepted.received().isEmpty());
    assertThat(accepted.received()).containsExactly(largest);
    assertThat(link.traffic().bytesOut()).isGreaterThan(Wire.MAX_BULK_BYTES);
  }

  @Test
  void manyLinksDoNotMix() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      links.add(connect(a, b, i == 0 ? CONTROL : LOG, handler()));
    }
    for (int i = 1; i < 5; i++) {
      send(a, links.get(i), run(i, 10_000));
    }
    for (int i = 1; i < 5; i++) {
      RecordingHandler accepted = acceptedBy(b, i);
      world.until(() -> !accepted.received().isEmpty());
      assertThat(accepted.received()).containsExactly(run(i, 10_000));
    }
  }

  @Test
  void whoSendsWithoutRoomIsStoppedAndWhoWaitsIsWoken() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler handler = handler();
    Link link = connect(a, b, LOG, handler);
    int sent =
        world.on(
            a,
            () -> {
              int count = 0;
              while (link.hasRoom()) {
                link.send(run(count++, 256 << 10));
              }
              return count;
            });
    assertThat(sent).isGreaterThan(1);
    world.until(() -> handler.rooms() == 1);
    RecordingHandler accepted = acceptedBy(b, 0);
    world.until(() -> accepted.received().size() == sent);
    assertThat(world.on(a, link::hasRoom)).isTrue();
    assertThat(world.on(a, link::unsentBytes)).isZero();
  }

  @Test
  void whoNeverWaitsForRoomLosesTheLinkAndNothingElse() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler other = handler();
    Link sound = connect(a, b, CONTROL, other);
    RecordingHandler handler = handler();
    Link link = connect(a, b, LOG, handler);
    world.on(
        a,
        () -> {
          for (int i = 0; i < 200; i++) {
            link.send(run(i, 256 << 10));
          }
          return true;
        });
    world.until(() -> handler.end().isPresent());
    assertThat(handler.end().orElseThrow().cause()).isEqualTo(LinkEnd.Cause.OVERFLOW);
    send(a, sound, new Ping(1, 1));
    world.until(() -> acceptedBy(b, 0).received().size() == 1);
    assertThat(a.count(LinkEvent.OVERFLOW)).isEqualTo(1);
  }

  @Test
  void whatWasSentBeforeClosingArrivesAndTheReasonBehindIt() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler handler = handler();
    Link link = connect(a, b, LOG, handler);
    world.on(
        a,
        () -> {
          link.send(run(1, 1 << 20));
          link.send(run(2, 1 << 20));
          link.close("enough");
          link.close("twice");
          link.send(run(3, 10));
          return true;
        });
    RecordingHandler accepted = acceptedBy(b, 0);
    world.until(() -> accepted.end().isPresent() && handler.end().isPresent());
    assertThat(accepted.received()).hasSize(2);
    assertThat(accepted.end()).contains(new LinkEnd(LinkEnd.Cause.CLOSED_THERE, "enough"));
    assertThat(handler.end()).contains(new LinkEnd(LinkEnd.Cause.CLOSED_HERE, "enough"));
  }

  // ---- refusals ----

  @Test
  void anotherClusterIsRefused() throws IOException {
    LinkNode a = world.start(spec("a", 1).cluster(new UUID(6, 6)));
    LinkNode b = node("b", 2);
    assertThat(refusal(a, b, CONTROL)).isEqualTo(RefusalCode.WRONG_CLUSTER);
    assertThat(b.count(LinkEvent.REFUSED_HERE)).isEqualTo(1);
    assertThat(a.count(LinkEvent.REFUSED_THERE)).isEqualTo(1);
  }

  @Test
  void versionsThatOverlapAreNegotiatedAndOthersRefused() throws IOException {
    LinkNode old = node("old", 1);
    LinkNode both = world.start(spec("both", 2).versions(1, 2));
    LinkNode young = world.start(spec("young", 3).versions(2, 2));
    assertThat(connect(old, both, CONTROL, handler()).peer().name()).isEqualTo("both");
    assertThat(connect(young, both, CONTROL, handler()).peer().name()).isEqualTo("both");
    assertThat(refusal(old, young, CONTROL)).isEqualTo(RefusalCode.NO_COMMON_VERSION);
    assertThat(refusal(young, old, CONTROL)).isEqualTo(RefusalCode.NO_COMMON_VERSION);
  }

  @Test
  void theAcceptorRefusesWithItsOwnCode() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    b.refuse(purpose ->
        purpose.resource().isPresent()
            ? Optional.of(RefusalCode.UNKNOWN_RESOURCE)
            : Optional.empty());
    assertThat(refusal(a, b, LOG)).isEqualTo(RefusalCode.UNKNOWN_RESOURCE);
    connect(a, b, CONTROL, handler());
  }

  @Test
  void theAcceptorMayReferTheDecisionToAnotherOwner() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    AtomicInteger asked = new AtomicInteger();
    b.refer(counting(b.home().owner(), asked));
    b.refuse(
        purpose -> purpose.equals(LOG) ? Optional.of(RefusalCode.NOT_SERVING) : Optional.empty());
    assertThat(refusal(a, b, LOG)).isEqualTo(RefusalCode.NOT_SERVING);
    assertThat(asked).hasValue(1);
    Link there = connect(a, b, CONTROL, handler());
    send(a, there, new Ping(1, 2));
    RecordingHandler here = acceptedBy(b, 0);
    world.until(() -> !here.received().isEmpty());
    assertThat(asked).hasValue(2);
    assertThat(b.count(LinkEvent.ACCEPTED)).isEqualTo(1);
  }

  @Test
  void aNodeIsWhoItsCertificateSays() throws IOException {
    LinkNode a = world.start(spec("a", 1).saying(new UUID(0xAB, 77)));
    LinkNode b = node("b", 2);
    assertThat(refusal(a, b, CONTROL)).isEqualTo(RefusalCode.WRONG_CERTIFICATE);
    assertThat(refusal(b, a, CONTROL)).isEqualTo(RefusalCode.WRONG_CERTIFICATE);
    assertThat(b.count(LinkEvent.REFUSED_HERE)).isEqualTo(2);
  }

  @Test
  void withoutCertificateANodeMayOnlyJoin() throws IOException {
    LinkNode joiner = world.start(spec("new", 1).cluster(new UUID(0, 0)).withoutCertificate());
    LinkNode b = node("b", 2);
    assertThat(refusal(joiner, b, CONTROL))
        .isIn(RefusalCode.WRONG_CLUSTER, RefusalCode.NO_CERTIFICATE);
    RecordingHandler handler = handler();
    b.react((link, _) -> link.send(new JoinMessage.JoinReply(Blob.of(new byte[] {2}))));
    Link link = connect(joiner, b, Hello.Purpose.of(LinkClass.JOIN), handler);
    send(joiner, link, new JoinMessage.JoinRequest(Blob.of(new byte[] {1})));
    world.until(() -> !handler.received().isEmpty());
    assertThat(handler.received())
        .containsExactly(new JoinMessage.JoinReply(Blob.of(new byte[] {2})));
  }

  @Test
  void aNodeThatIsNotTheWantedOneIsRefused() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    Destination wrong = new Destination(b.address(), CONTROL, Optional.of(new UUID(9, 9)));
    assertThatThrownBy(() -> world.await(a, () -> a.links().connect(wrong, a.home(), handler())))
        .isInstanceOfSatisfying(
            LinkRefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.WRONG_NODE));
    RecordingHandler accepted = acceptedBy(b, 0);
    world.until(() -> accepted.end().isPresent());
    assertThat(accepted.end().orElseThrow().cause()).isEqualTo(LinkEnd.Cause.REFUSED_THERE);
  }

  @Test
  void nobodyListens() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    world.kill(b);
    assertThatThrownBy(() -> connect(a, b, CONTROL, handler()))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(LinkRefusedException.class);
  }

  // ---- clones ----

  @Test
  void aCloneIsRefusedAtBothEndsAndTheLivingOneIsNotDisturbed() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler living = handler();
    Link link = connect(b, a, CONTROL, living);
    LinkNode clone = world.start(spec("b", 2).incarnation(99));
    assertThat(refusal(clone, a, CONTROL)).isEqualTo(RefusalCode.CLONED_NODE);
    world.until(() -> !a.clones().isEmpty() && !clone.clones().isEmpty());
    assertThat(refusal(a, clone, CONTROL)).isEqualTo(RefusalCode.CLONED_NODE);
    world.until(() -> a.clones().size() == 2);
    assertThat(a.clones().getFirst()).contains(new UUID(0x1C, 99).toString());
    assertThat(a.count(LinkEvent.CLONE_SEEN)).isEqualTo(2);
    send(b, link, new Ping(1, 2));
    world.until(() -> acceptedBy(a, 0).received().size() == 1);
    assertThat(living.end()).isEmpty();
  }

  @Test
  void aNodeThatMeetsItselfIsRefused() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode clone = world.start(spec("a", 1).incarnation(99));
    assertThat(refusal(a, a, CONTROL)).isEqualTo(RefusalCode.SELF);
    assertThat(refusal(a, clone, CONTROL)).isEqualTo(RefusalCode.CLONED_NODE);
    world.until(() -> !a.clones().isEmpty() && !clone.clones().isEmpty());
  }

  @Test
  void aRestartedNodeTakesThePlaceOfItsDeadIncarnation() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler dead = handler();
    connect(a, b, CONTROL, dead);
    world.cut(b);
    LinkNode restarted = world.start(spec("b", 2).incarnation(99));
    connect(restarted, a, CONTROL, handler());
    world.until(() -> dead.end().isPresent());
    assertThat(a.clones()).isEmpty();
    assertThat(restarted.clones()).isEmpty();
  }

  // ---- life and death ----

  @Test
  void anIdleLinkStays() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler handler = handler();
    Link link = connect(a, b, CONTROL, handler);
    world.passIdleTimes(8);
    assertThat(handler.end()).isEmpty();
    send(a, link, new Ping(1, 1));
    world.until(() -> acceptedBy(b, 0).received().size() == 1);
  }

  @Test
  void aCutIsNoticedAtBothEnds() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler handler = handler();
    connect(a, b, CONTROL, handler);
    RecordingHandler accepted = acceptedBy(b, 0);
    world.cut(b);
    world.until(() -> handler.end().isPresent() && accepted.end().isPresent());
    assertThat(handler.end().orElseThrow().cause()).isEqualTo(LinkEnd.Cause.SILENT);
    assertThat(accepted.end().orElseThrow().cause()).isEqualTo(LinkEnd.Cause.SILENT);
    assertThat(a.count(LinkEvent.DEAD)).isEqualTo(1);
  }

  @Test
  void aDeadProcessIsNoticedAtOnce() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler handler = handler();
    connect(a, b, CONTROL, handler);
    acceptedBy(b, 0);
    world.kill(b);
    world.until(() -> handler.end().isPresent());
    assertThat(handler.end().orElseThrow().cause()).isEqualTo(LinkEnd.Cause.BROKEN);
  }

  @Test
  void aNodeCanBeSentAway() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    LinkNode c = node("c", 3);
    RecordingHandler toB = handler();
    RecordingHandler toC = handler();
    connect(a, b, CONTROL, toB);
    connect(a, c, CONTROL, toC);
    a.links().closeNode(b.spec().sender().nodeId(), "revoked");
    world.until(() -> toB.end().isPresent() && acceptedBy(b, 0).end().isPresent());
    assertThat(acceptedBy(b, 0).end().orElseThrow().words()).isEqualTo("revoked");
    assertThat(a.count(LinkEvent.REVOKED)).isEqualTo(1);
    assertThat(toC.end()).isEmpty();
  }

  @Test
  void closingAllTellsEverybody() throws IOException {
    LinkNode a = node("a", 1);
    LinkNode b = node("b", 2);
    RecordingHandler handler = handler();
    connect(a, b, CONTROL, handler);
    connect(b, a, LOG, handler());
    b.links().close("stopping");
    world.until(() -> handler.end().isPresent() && acceptedBy(a, 0).end().isPresent());
    assertThat(handler.end()).contains(new LinkEnd(LinkEnd.Cause.CLOSED_THERE, "stopping"));
    assertThatThrownBy(() -> connect(a, b, CONTROL, handler())).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> connect(b, a, CONTROL, handler())).isInstanceOf(IOException.class);
  }
}
