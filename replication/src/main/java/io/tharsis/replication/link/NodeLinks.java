package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The links of one node over any network. Greets on the door's owner, which alone changes what is
 * in here; a link that has been greeted lives on the owner of who uses it and tells the door when
 * it ends.
 */
public final class NodeLinks implements Links {

  private final LinkIdentity identity;
  private final Environment environment;
  private final LinkTally tally = new LinkTally();

  // only touched on the door's owner
  private final Set<Greeting> strangers = new LinkedHashSet<>();
  private final Map<String, Integer> strangersByHost = new LinkedHashMap<>();
  private final Set<OpenLink> links = new LinkedHashSet<>();
  private final List<Network.Listening> listening = new ArrayList<>();
  private final LiveNodes nodes;
  private int joins;
  private boolean closing;

  /**
   * What the links of a node live in.
   *
   * @param network carries their bytes
   * @param door where nodes are greeted
   * @param limits of everything
   * @param alarms told of clones
   */
  public record Environment(Network network, LinkHome door, LinkLimits limits, LinkAlarms alarms) {}

  /** No links yet. */
  public NodeLinks(LinkIdentity identity, Environment environment) {
    this.identity = identity;
    this.environment = environment;
    this.nodes = new LiveNodes(environment.door().clock(), environment.limits().times().probe());
  }

  LinkIdentity identity() {
    return identity;
  }

  LinkHome door() {
    return environment.door();
  }

  LinkLimits limits() {
    return environment.limits();
  }

  LinkAlarms alarms() {
    return environment.alarms();
  }

  LiveNodes nodes() {
    return nodes;
  }

  LinkTally tally() {
    return tally;
  }

  private void atDoor(Runnable message) {
    door().owner().execute(message);
  }

  // ---- opening ----

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    Async<Link> result = new Async<>();
    Outgoing outgoing = new Outgoing(this, to, new Outgoing.Wanted(home, handler, result));
    atDoor(() -> {
      if (closing) {
        outgoing.fail(new IOException("the links of this node are closed"));
      } else {
        outgoing.dial(environment.network());
      }
    });
    return result;
  }

  @Override
  public Async<InetSocketAddress> listen(
      InetSocketAddress at, LinkHome home, LinkAcceptor acceptor) {
    Async<InetSocketAddress> result = new Async<>();
    atDoor(() ->
        environment
            .network()
            .listen(at, pipe -> arrived(pipe, home, acceptor))
            .observe(
                bound -> {
                  opened(bound);
                  home.owner().execute(() -> result.succeed(bound.address()));
                },
                cause -> home.owner().execute(() -> result.fail(cause))));
    return result;
  }

  private void opened(Network.Listening bound) {
    if (closing) {
      bound.close();
    } else {
      listening.add(bound);
    }
  }

  private void arrived(Pipe pipe, LinkHome home, LinkAcceptor acceptor) {
    if (closing || !hasRoomFor(pipe.remote())) {
      tally.count(LinkEvent.STRANGER_DROPPED);
      pipe.abort();
      return;
    }
    new Incoming(this, pipe, new Incoming.Asked(home, acceptor)).begin();
  }

  private boolean hasRoomFor(InetSocketAddress remote) {
    LinkLimits.Counts counts = limits().counts();
    return strangers.stream().filter(Greeting::isIncoming).count() < counts.strangers()
        && strangersByHost.getOrDefault(remote.getHostString(), 0) < counts.strangersPerHost();
  }

  // ---- strangers, on the door's owner ----

  void greets(Greeting stranger) {
    strangers.add(stranger);
    stranger.host().ifPresent(host -> strangersByHost.merge(host, 1, Integer::sum));
  }

  void greeted(Greeting stranger) {
    if (strangers.remove(stranger)) {
      stranger
          .host()
          .ifPresent(
              host -> strangersByHost.computeIfPresent(host, (_, n) -> n == 1 ? null : n - 1));
    }
  }

  /** Whether one more link of this class may be. */
  boolean mayOpen(LinkClass linkClass) {
    LinkLimits.Counts counts = limits().counts();
    return links.size() < counts.links()
        && (linkClass != LinkClass.JOIN || joins < counts.strangersPerHost());
  }

  // ---- links, on the door's owner ----

  void opens(OpenLink link) {
    links.add(link);
    joins += link.purpose().linkClass() == LinkClass.JOIN ? 1 : 0;
  }

  /** On the link's owner: the link has ended. */
  void ended(OpenLink link, LinkEvent event) {
    tally.count(event);
    atDoor(() -> {
      if (links.remove(link)) {
        joins -= link.purpose().linkClass() == LinkClass.JOIN ? 1 : 0;
        nodes.left(link);
      }
    });
  }

  /** This node exists twice, or another one does. */
  void cloneMet(Hello.Sender met, UUID living, String words) {
    tally.count(LinkEvent.CLONE_SEEN);
    alarms().cloneMet(met, living, words);
  }

  @Override
  public void closeNode(UUID nodeId, String why) {
    atDoor(() -> {
      for (OpenLink link : links) {
        if (link.peer().nodeId().equals(nodeId)) {
          link.drop(LinkEvent.REVOKED, why);
        }
      }
    });
  }

  @Override
  public void refresh(Instant ownUntil, Duration margin) {
    atDoor(() -> {
      Instant soon = Instant.ofEpochMilli(door().clock().wallMillis()).plus(margin);
      for (OpenLink link : links) {
        Optional<Instant> standsUntil = link.certified().map(Certified::ownUntil);
        if (standsUntil.filter(end -> end.isBefore(ownUntil) && end.isBefore(soon)).isPresent()) {
          link.drop(LinkEvent.RENEWED, "the node has a newer certificate; open the link anew");
        }
      }
    });
  }

  @Override
  public LinkCounts counts() {
    return tally.counts();
  }

  @Override
  public void close(String why) {
    atDoor(() -> {
      closing = true;
      listening.forEach(Network.Listening::close);
      listening.clear();
      List.copyOf(strangers).forEach(stranger -> stranger.drop(why));
      links.forEach(link -> link.drop(why));
    });
  }
}
