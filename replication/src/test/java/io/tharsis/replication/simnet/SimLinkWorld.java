package io.tharsis.replication.simnet;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.LinkWorld;
import io.tharsis.replication.link.NodeLinks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The simulator as a world for the contract suite. */
public final class SimLinkWorld implements LinkWorld {

  private static final long STEP_LIMIT = 1_000_000;
  private static final int PORT = 7777;

  private final Simulation simulation;
  private final SimNet net;
  private final Map<LinkNode, SimHost> hosts = new LinkedHashMap<>();

  /** A world without nodes. */
  public SimLinkWorld(long seed) {
    this.simulation = new Simulation(seed);
    this.net = new SimNet(simulation);
  }

  /** The run behind it. */
  public Simulation simulation() {
    return simulation;
  }

  /** Its network. */
  public SimNet net() {
    return net;
  }

  /** The host of a node. */
  public SimHost host(LinkNode node) {
    return hosts.get(node);
  }

  @Override
  public LinkLimits limits() {
    return LinkLimits.STANDARD;
  }

  @Override
  public LinkNode start(LinkNode.Spec spec) throws IOException {
    SimHost host = simulation.host(spec.sender().name() + "-" + hosts.size());
    LinkHome door = home(host, "door");
    LinkNode node =
        new LinkNode(
            this,
            spec,
            home(host, "users"),
            new NodeLinks.Environment(
                net.network(host, door, spec.certificate()), door, spec.limits(), (_, _, _) -> {}));
    hosts.put(node, host);
    node.listensAt(
        await(node, () -> node.links().listen(SimNet.address("", PORT), node.home(), node)));
    return node;
  }

  private static LinkHome home(SimHost host, String purpose) {
    SimOwner owner = host.owner(purpose);
    return new LinkHome(owner, host.clock(owner));
  }

  @Override
  public void cut(LinkNode node) {
    for (SimHost other : hosts.values()) {
      net.cut(host(node).name(), other.name());
    }
  }

  @Override
  public void kill(LinkNode node) {
    host(node).kill();
    net.reap();
  }

  @Override
  public void until(BooleanSupplier condition) {
    simulation.runUntil(condition, STEP_LIMIT);
  }

  @Override
  public void passIdleTimes(int count) {
    simulation.runFor(limits().times().idle().multipliedBy(count));
  }

  @Override
  public void changed() {
    // whoever waits looks after every event
  }

  @Override
  public <T> T on(LinkNode node, Callable<T> action) {
    List<T> result = new ArrayList<>();
    node.home()
        .owner()
        .execute(() -> {
          try {
            result.add(action.call());
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    until(() -> !result.isEmpty());
    return result.getFirst();
  }

  @Override
  public <T> T await(LinkNode node, Supplier<Async<T>> operation) throws IOException {
    Async<T> started = on(node, operation::get);
    until(started::isDone);
    if (started.failure().isPresent()) {
      throw started.failure().get();
    }
    return started.value();
  }

  @Override
  public void close() {
    hosts.keySet().forEach(node -> node.links().close("the test is over"));
    net.heal();
    simulation.runFor(Duration.ofMinutes(1));
  }
}
