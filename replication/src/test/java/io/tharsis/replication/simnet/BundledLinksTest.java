package io.tharsis.replication.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.BundledLinks;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.LinkRefusedException;
import io.tharsis.replication.link.RecordingHandler;
import io.tharsis.replication.link.UnusedLinks;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links of several connections, over lines on which one connection carries little. */
class BundledLinksTest {

  private static final UUID RESOURCE = new UUID(0x4E, 1);
  private static final UUID OTHER = new UUID(0x4E, 2);
  private static final Hello.Purpose LOG = Hello.Purpose.of(LinkClass.LOG, RESOURCE);
  private static final int RUN_BYTES = 128 << 10;
  private static final int RUNS = 64;

  private final SimLinkWorld world = new SimLinkWorld(1);
  private final List<Link> connections = new ArrayList<>();
  private LinkNode a;
  private LinkNode b;
  private InetSocketAddress bundledB;

  @BeforeEach
  void start() throws IOException {
    a = world.start(LinkNode.Spec.of("a", 1, world.limits()));
    b = world.start(LinkNode.Spec.of("b", 2, world.limits()));
    bundledB =
        world.await(
            b,
            () ->
                new BundledLinks(b.links(), 1, () -> 0)
                    .listen(SimNet.address("", 7778), b.home(), b));
  }

  /** Sends as long as there is room. */
  private static final class Pump implements LinkHandler {
    private int next;

    @Override
    public void opened(Link link) {
      roomAgain(link);
    }

    @Override
    public void received(Link link, Message message) {}

    @Override
    public void roomAgain(Link link) {
      while (next < RUNS && link.hasRoom()) {
        link.send(run(next++));
      }
    }

    @Override
    public void closed(Link link, LinkEnd why) {}
  }

  private static LogMessage.LogRun run(int number) {
    return new LogMessage.LogRun(
        new Position(1, number, RESOURCE),
        true,
        Optional.empty(),
        Payload.plain(ByteBuffer.allocate(RUN_BYTES)));
  }

  /** The links of a, whose connections the test gets hold of. */
  private final class Watched extends UnusedLinks {
    @Override
    public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
      return a.links()
          .connect(forgetful ? whole(to) : to, home, handler)
          .map(link -> {
            connections.add(link);
            return link;
          });
    }

    private static Destination whole(Destination to) {
      return new Destination(to.address(), to.purpose().whole(), to.node());
    }
  }

  private long names;

  /** The other end answers as if it had been asked for one connection. */
  private boolean forgetful;

  private Link connect(int count, InetSocketAddress to, Hello.Purpose purpose, LinkHandler user)
      throws IOException {
    BundledLinks links = new BundledLinks(new Watched(), count, () -> ++names);
    Destination there = new Destination(to, purpose, Optional.of(b.spec().sender().nodeId()));
    return world.await(a, () -> links.connect(there, a.home(), user));
  }

  private RecordingHandler accepted(int index) {
    world.until(() -> b.accepted().size() > index);
    return b.accepted().get(index);
  }

  private Duration transfer(int count) throws IOException {
    int before = b.accepted().size();
    world.net().line(world.host(a).name(), world.host(b).name()).delay(MOST, MOST);
    world.net().line(world.host(b).name(), world.host(a).name()).delay(MOST, MOST);
    Pump pump = new Pump();
    connect(count, bundledB, LOG, pump);
    long begin = world.simulation().nowNanos();
    RecordingHandler there = accepted(before);
    world.until(() -> there.received().size() == RUNS);
    for (int i = 0; i < RUNS; i++) {
      assertThat(((LogMessage.LogRun) there.received().get(i)).position().lsn()).isEqualTo(i);
    }
    return Duration.ofNanos(world.simulation().nowNanos() - begin);
  }

  private static final Duration MOST = Duration.ofMillis(50);

  @Test
  void severalConnectionsCarryMoreOverALongLineAndKeepTheOrder() throws IOException {
    Duration one = transfer(1);
    Duration four = transfer(4);
    assertThat(four.multipliedBy(3)).isLessThan(one);
    assertThat(b.count(LinkEvent.ACCEPTED)).isEqualTo(1 + 4);
  }

  @Test
  void bothDirectionsKeepTheirOrder() throws IOException {
    b.react((link, message) -> {
      link.send(new LogMessage.DurableAt(((LogMessage.Progress) message).durableLsn(), 0));
      link.send(new LogMessage.DurableAt(((LogMessage.Progress) message).durableLsn(), 1));
    });
    RecordingHandler user = new RecordingHandler(world::changed, (_, _) -> {});
    Link link = connect(3, bundledB, LOG, user);
    assertThat(link.purpose()).isEqualTo(LOG);
    assertThat(link.peer()).isEqualTo(b.spec().sender());
    world.on(
        a,
        () -> {
          for (int i = 0; i < 100; i++) {
            link.send(new LogMessage.Progress(i, 0, 0, true));
          }
          return true;
        });
    world.until(() -> user.received().size() == 200);
    for (int i = 0; i < 200; i++) {
      assertThat(user.received().get(i)).isEqualTo(new LogMessage.DurableAt(i / 2, i % 2));
    }
    assertThat(link.traffic().messagesIn()).isEqualTo(200);
  }

  @Test
  void aLostConnectionEndsItsLinkAndNoOther() throws IOException {
    RecordingHandler first = new RecordingHandler(world::changed, (_, _) -> {});
    RecordingHandler second = new RecordingHandler(world::changed, (_, _) -> {});
    connect(3, bundledB, LOG, first);
    Link other = connect(3, bundledB, Hello.Purpose.of(LinkClass.LOG, OTHER), second);
    assertThat(connections).hasSize(6);
    world.on(
        a,
        () -> {
          connections.get(2).close("cut by the test");
          return true;
        });
    world.until(() -> first.end().isPresent() && accepted(0).end().isPresent());
    world.passIdleTimes(5);
    assertThat(second.end()).isEmpty();
    world.on(
        a,
        () -> {
          other.send(new LogMessage.Progress(7, 0, 0, true));
          return true;
        });
    world.until(() -> accepted(1).received().size() == 1);
    connect(3, bundledB, LOG, new Pump());
    RecordingHandler again = accepted(2);
    world.until(() -> again.received().size() == RUNS);
  }

  @Test
  void whoKnowsOfOneConnectionOnlyGetsOne() throws IOException {
    forgetful = true;
    Link link = connect(3, bundledB, LOG, new Pump());
    assertThat(link.purpose()).isEqualTo(LOG);
    RecordingHandler there = accepted(0);
    world.until(() -> there.received().size() == RUNS);
    assertThat(connections).hasSize(1);
  }

  @Test
  void aLinkWithoutOneOfItsConnectionsIsNone() throws IOException {
    b.refuse(purpose ->
        purpose.lane().filter(lane -> lane.index() > 0).map(lane -> RefusalCode.NOT_SERVING));
    RecordingHandler user = new RecordingHandler(world::changed, (_, _) -> {});
    assertThatThrownBy(() -> connect(3, b.address(), LOG, user)).isInstanceOf(IOException.class);
    assertThat(user.link()).isEmpty();
    world.until(() -> accepted(0).end().isPresent());
  }

  @Test
  void aLinkThatDoesNotBecomeWholeEnds() throws IOException {
    Destination lone =
        new Destination(bundledB, LOG.on(new Hello.Lane(99, 0, 2)), Optional.empty());
    RecordingHandler user = new RecordingHandler(world::changed, (_, _) -> {});
    world.await(a, () -> a.links().connect(lone, a.home(), user));
    world.until(() -> user.end().isPresent());
    Destination late =
        new Destination(bundledB, LOG.on(new Hello.Lane(99, 1, 2)), Optional.empty());
    assertThatThrownBy(() -> world.await(a, () -> a.links().connect(late, a.home(), user)))
        .isInstanceOf(IOException.class);
    assertThat(accepted(0).link()).isEmpty();
  }

  private RecordingHandler connectLane(Hello.Purpose purpose) throws IOException {
    RecordingHandler user = new RecordingHandler(world::changed, (_, _) -> {});
    Destination lane = new Destination(bundledB, purpose, Optional.empty());
    world.await(a, () -> a.links().connect(lane, a.home(), user));
    return user;
  }

  @Test
  void aConnectionThatComesTwiceDoesNotMakeALinkWhole() throws IOException {
    RecordingHandler first = connectLane(LOG.on(new Hello.Lane(99, 0, 3)));
    connectLane(LOG.on(new Hello.Lane(99, 1, 3)));
    connectLane(LOG.on(new Hello.Lane(99, 1, 3)));
    world.until(() -> first.end().isPresent());
    assertThat(accepted(0).link()).isEmpty();
  }

  @Test
  void aConnectionOfAnotherLinkIsRefused() throws IOException {
    connectLane(LOG.on(new Hello.Lane(99, 0, 3)));
    List<Hello.Purpose> others =
        List.of(
            LOG.on(new Hello.Lane(99, 7, 8)),
            Hello.Purpose.of(LinkClass.SYNC, RESOURCE).on(new Hello.Lane(99, 1, 3)),
            Hello.Purpose.of(LinkClass.LOG, OTHER).on(new Hello.Lane(99, 1, 3)));
    for (Hello.Purpose other : others) {
      assertThatThrownBy(() -> connectLane(other)).isInstanceOf(LinkRefusedException.class);
    }
  }

  @Test
  void moreConnectionsThanAreGreetedAtATimeAreOpenedAllTheSame() throws IOException {
    world.net().line(world.host(a).name(), world.host(b).name()).delay(MOST, MOST);
    world.net().line(world.host(b).name(), world.host(a).name()).delay(MOST, MOST);
    BundledLinks links = new BundledLinks(new Watched(), 8, () -> ++names);
    List<RecordingHandler> users = new ArrayList<>();
    List<IOException> failures = new ArrayList<>();
    world.on(
        a,
        () -> {
          for (int i = 0; i < 6; i++) {
            RecordingHandler user = new RecordingHandler(world::changed, (_, _) -> {});
            users.add(user);
            Hello.Purpose purpose = Hello.Purpose.of(LinkClass.LOG, new UUID(0x4E, i));
            links
                .connect(new Destination(bundledB, purpose, Optional.empty()), a.home(), user)
                .observe(link -> {}, failures::add);
          }
          return true;
        });
    world.until(
        () -> !failures.isEmpty() || users.stream().allMatch(one -> one.link().isPresent()));
    assertThat(failures).isEmpty();
    assertThat(b.count(LinkEvent.STRANGER_DROPPED)).isPositive();
  }
}
