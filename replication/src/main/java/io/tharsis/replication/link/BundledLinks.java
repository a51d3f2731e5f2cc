package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Links that are several connections, for lines that are long and fat: one connection carries no
 * more than a window of TCP in each round trip. Only links about a resource. Accepts as many
 * connections as the other end opens.
 */
public final class BundledLinks extends ForwardingLinks {

  /** How long a link may wait for the rest of its connections. */
  private static final Duration WHOLE = Duration.ofSeconds(20);

  /** So often one connection of a link may fail to be opened. */
  private static final int MOST_FAILURES = 6;

  private static final BackOff BACK_OFF =
      new BackOff(Duration.ofMillis(100), Duration.ofSeconds(2));

  private final int connections;
  private final Entropy entropy;

  /**
   * Links over others.
   *
   * @param connections of a link about a resource that this node opens, from 1
   * @param entropy names links; used on every owner
   */
  public BundledLinks(Links behind, int connections, Entropy entropy) {
    super(behind);
    this.connections = connections;
    this.entropy = entropy;
  }

  // ---- opening ----

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    if (connections == 1 || !to.purpose().linkClass().ofResource()) {
      return super.connect(to, home, handler);
    }
    Async<Link> result = new Async<>();
    Bundle.Opening opening =
        new Bundle.Opening() {
          @Override
          public void opened(Link link) {
            result.succeed(link);
          }

          @Override
          public void failed(IOException why) {
            result.fail(why);
          }
        };
    Bundle bundle = new Bundle(connections, handler, opening);
    long name = entropy.nextLong();
    open(to, home, bundle, new Hello.Lane(name, 0, connections))
        .observe(first -> rest(first, to, home, bundle), bundle::fail);
    return result;
  }

  private Async<Link> open(Destination to, LinkHome home, Bundle bundle, Hello.Lane lane) {
    return super.connect(
        new Destination(to.address(), to.purpose().on(lane), to.node()),
        home,
        bundle.lane(lane.index()));
  }

  private void rest(Link first, Destination to, LinkHome home, Bundle bundle) {
    Optional<Hello.Lane> agreed = first.purpose().lane();
    if (agreed.isEmpty()) {
      bundle.single();
      return;
    }
    Hello.Lane lane = agreed.get();
    for (int i = 1; i < lane.count(); i++) {
      another(to, home, bundle, new Hello.Lane(lane.bundle(), i, lane.count()), 0);
    }
  }

  /** Many at a time are more than the other end greets: who was dropped for that comes again. */
  private void another(
      Destination to, LinkHome home, Bundle bundle, Hello.Lane lane, int failures) {
    if (bundle.isWhole()) {
      return;
    }
    open(to, home, bundle, lane)
        .observe(
            link -> {},
            cause -> {
              if (cause instanceof LinkRefusedException || failures == MOST_FAILURES) {
                bundle.fail(cause);
                return;
              }
              home.clock()
                  .after(
                      BACK_OFF.after(failures + 1, entropy),
                      () -> another(to, home, bundle, lane, failures + 1));
            });
  }

  // ---- accepting ----

  @Override
  public Async<InetSocketAddress> listen(
      InetSocketAddress at, LinkHome home, LinkAcceptor acceptor) {
    return super.listen(at, home, new Gathering(acceptor, home));
  }

  /** Puts the connections of a link together. Lives on the owner of the acceptor. */
  private static final class Gathering implements LinkAcceptor {
    private final LinkAcceptor acceptor;
    private final LinkHome home;
    private final Map<Name, Gathered> unfinished = new TreeMap<>();

    /** Which link of whom. */
    private record Name(UUID node, UUID incarnation, long bundle) implements Comparable<Name> {
      @Override
      public int compareTo(Name other) {
        int nodes = node.compareTo(other.node);
        int starts = nodes != 0 ? nodes : incarnation.compareTo(other.incarnation);
        return starts != 0 ? starts : Long.compare(bundle, other.bundle);
      }
    }

    private record Gathered(LinkHome home, Hello.Purpose first, Bundle bundle) {
      boolean continues(Hello.Purpose other) {
        Hello.Lane lane = other.lane().orElseThrow();
        return first.equals(other.on(new Hello.Lane(lane.bundle(), 0, lane.count())));
      }
    }

    Gathering(LinkAcceptor acceptor, LinkHome home) {
      this.acceptor = acceptor;
      this.home = home;
    }

    @Override
    public Acceptance decide(Hello.Purpose purpose, Hello.Sender peer) {
      if (purpose.lane().isEmpty()) {
        return acceptor.decide(purpose, peer);
      }
      Hello.Lane lane = purpose.lane().get();
      Name name = new Name(peer.nodeId(), peer.incarnation(), lane.bundle());
      if (lane.index() == 0) {
        return gather(name, purpose, acceptor.decide(purpose.whole(), peer));
      }
      Gathered first = unfinished.get(name);
      return first == null || !first.continues(purpose)
          ? new Acceptance.Refused(RefusalCode.NOT_SERVING, "the link of this connection is gone")
          : new Acceptance.Accepted(first.home, first.bundle.lane(lane.index()));
    }

    private Acceptance gather(Name name, Hello.Purpose purpose, Acceptance decision) {
      return switch (decision) {
        case Acceptance.Refused no -> no;
        case Acceptance.Accepted(LinkHome where, LinkHandler handler) -> {
          int count = purpose.lane().orElseThrow().count();
          Bundle bundle = new Bundle(count, handler, Bundle.Opening.IGNORED);
          // the other connections are not opened before this one is
          home.owner().execute(() -> begin(name, new Gathered(where, purpose, bundle)));
          yield new Acceptance.Accepted(where, bundle.lane(0));
        }
        case Acceptance.Elsewhere(Owner owner, Supplier<Acceptance> other) ->
            new Acceptance.Elsewhere(owner, () -> gather(name, purpose, other.get()));
      };
    }

    private void begin(Name name, Gathered gathered) {
      unfinished.put(name, gathered);
      home.clock().after(WHOLE, () -> unfinished.remove(name, gathered));
      gathered.home.owner().execute(() -> limit(gathered));
    }

    private static void limit(Gathered gathered) {
      gathered
          .home
          .clock()
          .after(
              WHOLE,
              () -> {
                if (!gathered.bundle.isWhole()) {
                  gathered.bundle.fail(new IOException("not all connections came"));
                }
              });
    }
  }
}
