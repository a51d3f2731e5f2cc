package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.sim.SimClock;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.directory.NodeDocument;
import io.tharsis.replication.directory.Self;
import io.tharsis.replication.link.BundledLinks;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkIdentity;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.link.RateSchedule;
import io.tharsis.replication.simnet.SimNet;
import io.tharsis.replication.wire.Hello;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A whole node on a simulated host, started and ended time and again. */
final class SimClusterNode {

  static final int PORT = 7777;

  /** The node that has the CA. */
  private static final String FIRST = "a";

  private static final long STEPS = 5_000_000;

  private final Simulation simulation;
  private final SimNet net;
  private final SimHost host;
  private final LogLimits limits;
  private final SimTrust trust;
  private final List<String> seeds;
  private final NodePlanting planting;
  private final String name;
  private final List<String> clones = new ArrayList<>();
  private int connections = 1;
  private Optional<ClusterNode> node = Optional.empty();
  private Optional<NodeLinks> links = Optional.empty();
  private Optional<SimPremises> premises = Optional.empty();
  private Optional<IOException> failure = Optional.empty();

  SimClusterNode(
      Simulation simulation, SimNet net, String name, LogLimits limits, List<String> seeds) {
    this(simulation, net, new Who(name, name), limits, seeds, NodePlanting.NONE);
  }

  /**
   * Which node it is.
   *
   * @param host where it runs
   * @param name what it calls itself, its id follows from that
   */
  record Who(String host, String name) {}

  SimClusterNode(
      Simulation simulation,
      SimNet net,
      Who who,
      LogLimits limits,
      List<String> seeds,
      NodePlanting planting) {
    this.simulation = simulation;
    this.net = net;
    this.host = simulation.host(who.host());
    this.name = who.name();
    this.limits = limits;
    this.seeds = seeds;
    this.trust =
        new SimTrust(
            new SimTrust.Place(id(), idOf(FIRST), seeds.isEmpty()),
            () ->
                SimClock.START_WALL_MILLIS
                    + simulation.nowNanos() / 1_000_000
                    + host.wallOffset().toMillis());
    this.planting = planting;
  }

  String name() {
    return name;
  }

  UUID id() {
    return idOf(name);
  }

  static UUID idOf(String name) {
    return new UUID(0x4E4F4445, name.hashCode());
  }

  LogLimits limits() {
    return limits;
  }

  /** The node, while its process runs and it is open. */
  Optional<ClusterNode> node() {
    return node;
  }

  /** What it was told of another process in its name. */
  List<String> clones() {
    return List.copyOf(clones);
  }

  SimHost host() {
    return host;
  }

  /** Links about resources that it opens have so many connections; before it is started. */
  void connections(int count) {
    connections = count;
  }

  /** How often it happened to links since its process was started. */
  long count(LinkEvent event) {
    return links.orElseThrow().counts().of(event);
  }

  SimTrust trust() {
    return trust;
  }

  boolean isUp() {
    return node.isPresent();
  }

  /** Whether its process runs. */
  boolean isBooted() {
    return premises.isPresent();
  }

  SimPremises premises() {
    return premises.orElseThrow();
  }

  /** Starts its process, and waits until it can be used. */
  void start() {
    begin(cause -> failure = Optional.of(cause));
    simulation.runUntil(() -> node.isPresent() || failure.isPresent(), STEPS);
    failure.ifPresent(cause -> {
      throw new AssertionError(name() + " does not start", cause);
    });
  }

  /** Starts its process; it can be used some time, or is said to have failed. */
  void begin(Consumer<IOException> failed) {
    SimOwner owner = host.owner();
    LinkHome home = new LinkHome(owner, host.clock());
    Entropy entropy = host.entropy();
    UUID incarnation = entropy.nextUuid();
    SimPremises made = new SimPremises(host, entropy, planting);
    premises = Optional.of(made);
    NodeLinks links =
        new NodeLinks(
            LinkIdentity.of(new Hello.Sender(LinkNode.CLUSTER, id(), name(), incarnation)),
            new NodeLinks.Environment(
                net.network(host, home, () -> Optional.of(trust.paper())),
                home,
                LinkLimits.STANDARD,
                (met, living, words) -> clones.add(words)));
    this.links = Optional.of(links);
    NodeSetting setting =
        new NodeSetting(
            new Self(id(), incarnation),
            LinkNode.CLUSTER,
            name(),
            List.of(new NodeDocument.Address(NodeDocument.Purpose.PEERS, host.name(), PORT)),
            SimNet.address(host.name(), PORT),
            seeds.stream().map(seed -> SimNet.address(seed, PORT)).toList(),
            limits,
            SimCluster.MAX_RESOURCES * limits.maxLogBytes(),
            Codec.LZ4,
            RateSchedule.UNLIMITED,
            Duration.ofSeconds(30),
            "test");
    NodeSeams seams =
        new NodeSeams(
            home,
            entropy,
            planting.store(host, "directory", host.directory("directory").open(owner)),
            planting.store(host, "members", host.directory("members").open(owner)),
            new BundledLinks(planting.links(host, links), connections, entropy),
            trust,
            made);
    owner.execute(() ->
        ClusterNode.open(setting, seams).observe(opened -> node = Optional.of(opened), failed));
  }

  /** Ends its process at once. */
  void kill() {
    node = Optional.empty();
    premises = Optional.empty();
    host.kill();
    net.reap();
  }

  /** The machine loses power. */
  void powerFail() {
    node = Optional.empty();
    premises = Optional.empty();
    host.powerFail();
  }

  /** Ends its process in order. */
  void stop() {
    await(() -> node.orElseThrow().close());
    kill();
  }

  /** An operation on the node, whose end is waited for. */
  <T> T await(Supplier<Async<T>> operation) {
    try {
      return attempt(operation);
    } catch (IOException cause) {
      throw new AssertionError(name() + ": " + cause.getMessage(), cause);
    }
  }

  private <T> T attempt(Supplier<Async<T>> operation) throws IOException {
    Async<T> result = new Async<>();
    host.owner().execute(() -> operation.get().observe(result::succeed, result::fail));
    simulation.runUntil(result::isDone, STEPS);
    if (result.failure().isPresent()) {
      throw result.failure().get();
    }
    return result.value();
  }

  /** Begins a verb; its outcome comes some time. */
  Async<Outcome> begin(Command command, Duration deadline) {
    return begin(new Request(command, deadline, false));
  }

  /** Begins to carry a verb out, or only to look what it would do. */
  Async<Outcome> begin(Request request) {
    Async<Outcome> result = new Async<>();
    host.owner()
        .execute(() -> node.orElseThrow().execute(request).observe(result::succeed, result::fail));
    return result;
  }

  /** Carries a verb out. */
  Outcome run(Command command) {
    return await(
        () -> node.orElseThrow().execute(new Request(command, Duration.ofSeconds(60), false)));
  }

  /** Says what a verb would do. */
  Outcome plan(Command command) {
    return await(
        () -> node.orElseThrow().execute(new Request(command, Duration.ofSeconds(60), true)));
  }

  /** The code with which a verb is refused. */
  String refusal(Command command) {
    try {
      Outcome outcome =
          attempt(() ->
              node.orElseThrow().execute(new Request(command, Duration.ofSeconds(60), false)));
      throw new AssertionError(name() + " does it: " + outcome);
    } catch (RefusedException refused) {
      return refused.refusal().code();
    } catch (IOException other) {
      throw new AssertionError(other);
    }
  }

  /** Has the CA from now on, as after an import. */
  void takeAuthority() {
    host.owner()
        .execute(() -> {
          trust().takeAuthority();
          node.orElseThrow().trustChanged();
        });
  }

  ClusterView view() {
    return await(() -> node.orElseThrow().view());
  }

  /** A node's replica as this one shows it, of the first resource. */
  ReplicaView replica(SimClusterNode of) {
    return view().resources().getFirst().replicas().stream()
        .filter(one -> one.host().equals(of.name()))
        .findFirst()
        .orElseThrow();
  }
}
