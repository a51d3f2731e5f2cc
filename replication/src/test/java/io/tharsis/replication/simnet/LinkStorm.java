package io.tharsis.replication.simnet;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.wire.ControlMessage.Ask;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Three nodes that link and talk all the time over a network where everything goes wrong by one
 * seed. Judges every message: of each link a receiver gets what was sent from the first message on,
 * in order, and nothing else; and when all is mended they talk again.
 */
public final class LinkStorm {

  private static final int ROUNDS = 150;

  private final SimLinkWorld world;
  private final SimRandom random;
  private final List<LinkNode> nodes = new ArrayList<>();
  private final List<Talker> talkers = new ArrayList<>();
  private long received;

  /** Prints the event hash of one seed. */
  public static void main(String[] args) throws IOException {
    System.out.println(Long.toHexString(run(Long.parseLong(args[0]))));
  }

  private LinkStorm(long seed) throws IOException {
    world = new SimLinkWorld(seed);
    random = world.simulation().random("storm");
    for (int i = 0; i < 3; i++) {
      LinkNode node = world.start(LinkNode.Spec.of("n" + i, i, world.limits()));
      nodes.add(node);
    }
  }

  /** One end of a link that counts upwards, and expects the other to have done so. */
  private final class Talker implements LinkHandler {
    private final LinkNode node;
    private Optional<Link> link = Optional.empty();
    private long sent;
    private long expected;
    private boolean ended;

    Talker(LinkNode node) {
      this.node = node;
    }

    @Override
    public void opened(Link opened) {
      link = Optional.of(opened);
      talkers.add(this);
    }

    @Override
    public void received(Link from, Message message) {
      Invariant.check(!ended, "received after the end");
      long id = message instanceof Ask ask ? ask.id() : -1;
      Invariant.check(id == expected, "order", id, expected);
      expected++;
      received++;
    }

    @Override
    public void closed(Link closed, LinkEnd end) {
      Invariant.check(!ended, "ended twice");
      Invariant.check(end.cause() != LinkEnd.Cause.OVERFLOW, "overflow", closed);
      ended = true;
    }

    void talk(int messages) {
      Link open = link.orElseThrow();
      for (int i = messages; i > 0 && !ended && open.hasRoom(); i--) {
        open.send(new Ask(sent++, "count", Blob.of(new byte[random.below(60_000)])));
      }
    }

    void closeSometimes() {
      if (random.chance(0.02)) {
        link.orElseThrow().close("enough");
      }
    }
  }

  /** The event hash of a run; throws if anything was wrong in it. */
  public static long run(long seed) throws IOException {
    LinkStorm storm = new LinkStorm(seed);
    storm.rage();
    storm.converge();
    storm.world.close();
    Invariant.check(storm.received > 100, "hardly anything was said", storm.received);
    return storm.world.simulation().eventHash();
  }

  private void rage() {
    nodes.forEach(node -> node.use(() -> new Talker(node)));
    NetFaults faults = world.net().faults();
    faults
        .chance(NetFault.BREAK, 0.002)
        .chance(NetFault.VANISH, 0.001)
        .chance(NetFault.DELAY, 0.005)
        .chance(NetFault.FLIP, 0.001)
        .chance(NetFault.REFUSE, 0.1);
    for (int round = 0; round < ROUNDS; round++) {
      disturb();
      connect();
      talk();
      world.simulation().runFor(Duration.ofMillis(random.between(1, 2_000)));
    }
  }

  private void disturb() {
    String from = world.host(any()).name();
    String to = world.host(any()).name();
    switch (random.below(8)) {
      case 0 -> world.net().line(from, to).cut();
      case 1 -> world.net().cut(from, to);
      case 2, 3 -> world.net().mend(from, to);
      case 4 -> world.net().line(from, to).bandwidth(random.between(20_000, 100_000_000));
      case 5 ->
          world
              .net()
              .line(from, to)
              .delay(Duration.ofMillis(1), Duration.ofMillis(random.between(1, 500)));
      default -> world.simulation().observe("quiet", 0);
    }
  }

  private LinkNode any() {
    return nodes.get(random.below(nodes.size()));
  }

  private void connect() {
    LinkNode from = any();
    LinkNode to = any();
    if (!from.equals(to) && talkers.stream().filter(talker -> !talker.ended).count() < 20) {
      connect(from, to);
    }
  }

  private Talker connect(LinkNode from, LinkNode to) {
    Talker talker = new Talker(from);
    Destination there =
        new Destination(to.address(), Hello.Purpose.of(LinkClass.CONTROL), Optional.empty());
    from.home().owner().execute(() -> from.links().connect(there, from.home(), talker));
    return talker;
  }

  private void talk() {
    talkers.removeIf(talker -> talker.ended);
    for (Talker talker : List.copyOf(talkers)) {
      talker
          .node
          .home()
          .owner()
          .execute(() -> {
            talker.talk(random.below(20));
            talker.closeSometimes();
          });
    }
  }

  /** When all is well every node reaches every other one. */
  private void converge() {
    world.net().heal();
    for (LinkNode one : nodes) {
      for (LinkNode other : nodes) {
        world
            .net()
            .line(world.host(one).name(), world.host(other).name())
            .bandwidth(1_000_000_000)
            .delay(Duration.ofMillis(1), Duration.ofMillis(5));
      }
    }
    world.simulation().runFor(Duration.ofMinutes(2));
    List<Talker> all = new ArrayList<>();
    for (LinkNode one : nodes) {
      nodes.stream().filter(other -> !other.equals(one)).forEach(o -> all.add(connect(one, o)));
    }
    world.simulation().runFor(Duration.ofSeconds(20));
    long before = received;
    all.forEach(talker -> talker.node.home().owner().execute(() -> talker.talk(10)));
    world.simulation().runFor(Duration.ofSeconds(20));
    Invariant.check(received >= before + 10L * all.size(), "silence", received - before);
  }
}
