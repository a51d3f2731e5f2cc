package io.tharsis.replication.remote;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.simnet.NetFault;
import io.tharsis.replication.simnet.SimNet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A resource that is served at every node while its primary is frozen, handed over, restarted and
 * killed, and links do what they like. Whatever initiators do over whichever path, each block is a
 * linearizable register; everything ends in time; and nothing is left at the end.
 */
public final class RemoteScenario {

  static final int ACTIONS = 60;
  private static final long STEPS = 3_000_000;

  private final Simulation simulation;
  private final SimRandom random;
  private final SimNet net;
  private final List<RemoteNode> nodes = new ArrayList<>();
  private final SimInitiator initiator;
  private RemoteNode primary;
  private int handovers;
  private int crashes;

  RemoteScenario(long seed, RemotePlanting planting) {
    simulation = new Simulation(seed);
    random = simulation.random("remote");
    net = new SimNet(simulation);
    int count = 3 + random.below(2);
    for (int i = 0; i < count; i++) {
      nodes.add(new RemoteNode(simulation, net, "n" + i, planting));
    }
    primary = nodes.getFirst();
    initiator = new SimInitiator(simulation, nodes, planting);
  }

  /** Runs seeds one after the other: {@code RemoteScenario FIRST LAST}. */
  public static void main(String[] arguments) {
    long last = Long.parseLong(arguments[1]);
    for (long seed = Long.parseLong(arguments[0]); seed <= last; seed++) {
      RemoteScenario scenario = new RemoteScenario(seed, RemotePlanting.NONE);
      try {
        scenario.run(ACTIONS);
        System.out.printf("%d ok: %s%n", seed, scenario.counts());
      } catch (AssertionError failure) {
        System.out.printf("%d fails: %s%n", seed, failure);
        failure.printStackTrace(System.out);
      }
    }
  }

  String counts() {
    return "%d events, %d handovers, %d crashes, %s"
        .formatted(simulation.steps(), handovers, crashes, initiator.counts());
  }

  long eventHash() {
    return simulation.eventHash();
  }

  void run(int actions) {
    nodes.forEach(RemoteNode::boot);
    openPrimary(Optional.empty());
    nodes.forEach(this::tell);
    initiator.begin();
    for (int i = 0; i < actions; i++) {
      act();
      check();
    }
    heal();
  }

  private void act() {
    RemoteNode one = nodes.get(random.below(nodes.size()));
    RemoteNode other = nodes.get(random.below(nodes.size()));
    switch (random.below(22)) {
      case 0, 1 -> crash(one, random.chance(0.3));
      case 2 -> crash(primary, random.chance(0.3));
      case 3, 4 -> handOver();
      case 5 -> restartPrimary();
      case 6, 7, 8 -> freeze();
      case 9, 10 -> cut(one, other);
      case 11, 12, 13 -> net.heal();
      case 14 -> net.faults().chance(NetFault.DELAY, 0.003);
      case 15, 16 -> net.faults().chance(NetFault.BREAK, 0.003);
      case 17 -> net.faults().chance(NetFault.VANISH, 0.001);
      default -> {}
    }
    simulation.runFor(Duration.ofMillis(random.between(1, random.chance(0.15) ? 14_000 : 1200)));
  }

  private void cut(RemoteNode one, RemoteNode other) {
    if (random.chance(0.5)) {
      net.cut(one.name(), other.name());
    } else {
      net.line(one.name(), other.name()).cut();
    }
  }

  private void check() {
    for (RemoteNode node : nodes) {
      node.failure()
          .ifPresent(words -> {
            throw new AssertionError(node.name() + ": " + words);
          });
    }
  }

  private void until(BooleanSupplier condition) {
    simulation.runUntil(
        () -> {
          check();
          return condition.getAsBoolean();
        },
        STEPS);
  }

  private void on(RemoteNode node, Runnable message) {
    node.host()
        .owner()
        .execute(() -> {
          if (node.isAlive()) {
            message.run();
          }
        });
  }

  private void await(RemoteNode node, Supplier<Async<Void>> work) {
    List<Boolean> done = new ArrayList<>();
    on(
        node,
        () ->
            work.get()
                .observe(
                    ok -> done.add(true),
                    cause -> {
                      throw new AssertionError(cause);
                    }));
    until(() -> !done.isEmpty());
  }

  /** The front of a node learns soon who the primary is. */
  private void tell(RemoteNode node) {
    int incarnation = node.host().incarnation();
    simulation.schedule(
        Duration.ofMillis(random.below(random.chance(0.2) ? 1500 : 50)),
        "tell",
        () -> {
          if (node.host().incarnation() == incarnation && node != primary) {
            on(node, () -> node.front().follow(primary.source()));
          }
        });
  }

  private void openPrimary(Optional<Succession> succession) {
    primary.open(succession);
    until(() -> primary.resource().isPresent());
  }

  private void crash(RemoteNode node, boolean power) {
    crashes++;
    initiator.died(node);
    node.crash(power);
    simulation.runFor(Duration.ofMillis(random.between(1, random.chance(0.2) ? 12_000 : 2500)));
    node.boot();
    if (node == primary) {
      openPrimary(Optional.empty());
    } else {
      tell(node);
    }
  }

  private void restartPrimary() {
    await(primary, primary::close);
    simulation.runFor(Duration.ofMillis(random.below(2000)));
    openPrimary(Optional.empty());
  }

  private void freeze() {
    RemoteNode frozen = primary;
    on(frozen, () -> frozen.resource().orElseThrow().freeze().observe(at -> {}, cause -> {}));
    simulation.runFor(Duration.ofMillis(random.between(1, 5000)));
    if (random.chance(0.3)) {
      handOver();
    } else {
      on(frozen, () -> frozen.resource().orElseThrow().thaw());
    }
  }

  private void handOver() {
    handovers++;
    RemoteNode old = primary;
    RemoteNode next = nodes.get(old == nodes.get(0) ? 1 : 0);
    Epoch before = old.resource().orElseThrow().epoch();
    boolean tellsFront = random.chance(0.5);
    await(old, () -> old.cede(tellsFront));
    on(old, () -> old.front().hold("the role has moved"));
    simulation.runFor(Duration.ofMillis(random.below(200)));
    next.host().become(old.host());
    primary = next;
    openPrimary(
        Optional.of(
            new Succession(
                Epoch.Kind.HANDOVER, new UUID(0xE0, simulation.nowNanos()), before.number())));
    nodes.forEach(this::tell);
  }

  private void heal() {
    net.heal();
    simulation.runFor(Duration.ofSeconds(25));
    initiator.stop();
    simulation.runFor(Duration.ofSeconds(10));
    if (!initiator.isQuiet()) {
      throw new RemoteViolation("something does not end though all is well");
    }
    initiator.readAll();
    simulation.runFor(Duration.ofSeconds(5));
    check();
    if (!initiator.isQuiet()) {
      throw new RemoteViolation("something is not read though all is well");
    }
    initiator.check();
    for (RemoteNode node : nodes) {
      AccessState expected = node == primary ? AccessState.OPTIMIZED : AccessState.NON_OPTIMIZED;
      if (node.front().underWay() != 0 || node.front().state() != expected) {
        throw new RemoteViolation(
            "%s: %d left, %s"
                .formatted(node.name(), node.front().underWay(), node.front().state()));
      }
    }
    VolumeService service = primary.service().orElseThrow();
    if (service.underWay() != 0
        || service.remembered() != 0
        || service.attachedNodes().size() != nodes.size() - 1) {
      throw new RemoteViolation(
          "at the primary: %d left, %d remembered, served: %s"
              .formatted(service.underWay(), service.remembered(), service.attachedNodes()));
    }
  }
}
