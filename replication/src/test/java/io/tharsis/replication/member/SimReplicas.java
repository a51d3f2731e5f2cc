package io.tharsis.replication.member;

import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.fetch.FetchState;
import io.tharsis.replication.simnet.SimNet;
import io.tharsis.replication.sync.SyncState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One primary, some secondaries, and everything that can happen to them. */
final class SimReplicas {

  private static final long STEPS = 300_000;
  private static final int MOST_WRITES = 8;

  private final Simulation simulation;
  private final SimRandom random;
  private final SimNet net;
  private final Ledger ledger = new Ledger(SimReplicaNode.CELLS);
  private final SimReplicaNode primary;
  private final List<SimReplicaNode> secondaries = new ArrayList<>();
  private final Map<SimReplicaNode, LogStart> starts = new LinkedHashMap<>();
  private final Map<UUID, Long> needed = new LinkedHashMap<>();
  private int flying;
  private boolean writing = true;
  private int inspections;

  SimReplicas(long seed, int count) {
    simulation = new Simulation(seed);
    random = simulation.random("replicas");
    net = new SimNet(simulation);
    primary = new SimReplicaNode(simulation, net, "p", SimReplicaNode.smallLimits());
    for (int i = 0; i < count; i++) {
      secondaries.add(new SimReplicaNode(simulation, net, "s" + i, SimReplicaNode.smallLimits()));
    }
  }

  int inspections() {
    return inspections;
  }

  /** Random trouble, then healing; the secondaries must end equal to the primary. */
  void run(int actions) {
    startPrimary();
    write();
    secondaries.forEach(this::join);
    for (int i = 0; i < actions; i++) {
      act();
      check();
    }
    heal();
  }

  private void act() {
    SimReplicaNode one = secondaries.get(random.below(secondaries.size()));
    switch (random.below(12)) {
      case 0 -> crashPrimary();
      case 1 -> crashSecondary(one);
      case 2 -> net.cut(primary.name(), one.name());
      case 3 -> net.line(primary.name(), one.name()).cut();
      case 4 -> net.line(one.name(), primary.name()).cut();
      case 5, 6 -> net.heal();
      case 7 -> permit(one);
      case 8 -> inspect(one);
      default -> {}
    }
    simulation.runFor(Duration.ofMillis(random.between(1, random.chance(0.2) ? 8000 : 400)));
  }

  private void check() {
    fail(primary.failure());
    secondaries.forEach(node -> fail(node.failure()));
  }

  private void fail(Optional<String> failure) {
    failure.ifPresent(words -> {
      throw new AssertionError(words);
    });
  }

  private void until(java.util.function.BooleanSupplier condition) {
    simulation.runUntil(
        () -> {
          check();
          return condition.getAsBoolean();
        },
        STEPS);
  }

  private void startPrimary() {
    primary.startPrimary(new LinkedHashMap<>(needed));
    until(() -> primary.primary().isPresent());
    long[] content = readPrimary();
    fail(ledger.restarted(content));
  }

  private long[] readPrimary() {
    ByteBuffer into = ByteBuffer.allocateDirect((int) SimReplicaNode.VOLUME_BYTES);
    boolean[] done = {false};
    primary.on(() ->
        volume()
            .read(
                0,
                into,
                new VolumeCompletion() {
                  @Override
                  public void succeeded() {
                    done[0] = true;
                  }

                  @Override
                  public void failed(VolumeFault fault) {
                    throw new AssertionError(fault.toString());
                  }
                }));
    until(() -> done[0]);
    return SimReplicaNode.stamps(into);
  }

  private Volume volume() {
    return primary.primary().orElseThrow().resource().volume(0);
  }

  /** Writes go on for as long as the primary lives. */
  private void write() {
    int incarnation = primary.host().incarnation();
    simulation.schedule(
        Duration.ofNanos(1000 * random.between(100, 40_000)),
        "write",
        () -> {
          if (primary.host().incarnation() != incarnation || !writing) {
            return;
          }
          if (flying < MOST_WRITES) {
            primary.on(this::writeOne);
          }
          write();
        });
  }

  private void writeOne() {
    int cell = random.below(SimReplicaNode.CELLS);
    long stamp = ledger.submitted(cell);
    ByteBuffer block = ByteBuffer.allocateDirect(SimReplicaNode.CELL);
    while (block.hasRemaining()) {
      block.putLong(stamp);
    }
    flying++;
    int incarnation = primary.host().incarnation();
    volume()
        .write(
            (long) cell * SimReplicaNode.CELL,
            block.flip(),
            false,
            new VolumeCompletion() {
              @Override
              public void succeeded() {
                if (primary.host().incarnation() == incarnation) {
                  flying--;
                  ledger.acknowledged(stamp);
                }
              }

              @Override
              public void failed(VolumeFault fault) {
                throw new AssertionError(fault.toString());
              }
            });
  }

  private void crashPrimary() {
    boolean power = random.chance(0.5);
    crashMode(primary);
    primary.primary().ifPresent(it -> needed.putAll(it.needed()));
    primary.crash(power);
    flying = 0;
    simulation.runFor(Duration.ofMillis(random.between(1, 3000)));
    startPrimary();
    write();
  }

  private void crashMode(SimReplicaNode node) {
    CrashMode[] modes = CrashMode.values();
    node.disk().crashMode(modes[random.below(modes.length)]);
  }

  private void crashSecondary(SimReplicaNode node) {
    crashMode(node);
    node.crash(random.chance(0.5));
    simulation.runFor(Duration.ofMillis(random.between(1, 3000)));
    start(node, true);
  }

  private void join(SimReplicaNode node) {
    until(() ->
        primary.primary().isPresent()
            && primary.primary().get().resource().readableLog().shipped().newestBase().isPresent());
    long[] base = {-1};
    primary.on(() -> base[0] = primary.primary().orElseThrow().admit(node.id()).orElseThrow());
    until(() -> base[0] >= 0);
    needed.put(node.id(), base[0]);
    starts.put(node, new LogStart(primary.primary().orElseThrow().resource().id(), base[0]));
    start(node, true);
  }

  private void start(SimReplicaNode node, boolean permitted) {
    node.startSecondary(starts.get(node), () -> sourcesOf(node), permitted);
    until(() -> node.secondary().isPresent());
  }

  private List<FetchSource> sourcesOf(SimReplicaNode asker) {
    List<FetchSource> sources = new ArrayList<>();
    sources.add(primary.source());
    for (SimReplicaNode other : secondaries) {
      if (other != asker) {
        sources.add(other.source());
      }
    }
    return sources;
  }

  private void permit(SimReplicaNode node) {
    var may =
        new SecondaryReplica.Permissions(
            random.chance(0.7), random.chance(0.7), random.chance(0.7));
    node.on(() -> node.secondary().ifPresent(it -> it.permit(may)));
  }

  /** A crash, then only what is in the log: whoever says Consistent must be one moment. */
  private void inspect(SimReplicaNode node) {
    boolean consistent = node.secondary().orElseThrow().resource().isConsistent();
    crashMode(node);
    node.crash(random.chance(0.5));
    start(node, false);
    SecondaryReplica replica = node.secondary().orElseThrow();
    if (consistent && !replica.resource().isConsistent()) {
      throw new AssertionError(node.name() + " was consistent and is not after a crash");
    }
    if (replica.resource().isConsistent()) {
      until(() -> isDrained(replica));
      inspections++;
      fail(ledger.objection(node.content()).map(words -> node.name() + ": " + words));
    }
    node.on(() -> replica.permit(SecondaryReplica.Permissions.ALL));
  }

  private static boolean isDrained(SecondaryReplica replica) {
    var marks = replica.resource().log().marks();
    return marks.checkpoint() == marks.durable();
  }

  private void heal() {
    net.heal();
    for (SimReplicaNode node : secondaries) {
      node.on(() -> node.secondary().orElseThrow().permit(SecondaryReplica.Permissions.ALL));
    }
    simulation.runFor(Duration.ofMillis(200));
    writing = false;
    until(() -> flying == 0);
    simulation.runFor(Duration.ofMillis(500));
    for (SimReplicaNode node : secondaries) {
      try {
        until(() -> isEqual(node.secondary().orElseThrow()));
      } catch (Simulation.Failure stuck) {
        throw new AssertionError(describe(), stuck);
      }
    }
    primary.stop();
    secondaries.forEach(SimReplicaNode::stop);
    check();
    long[] truth = primary.content();
    fail(ledger.objection(truth));
    for (SimReplicaNode node : secondaries) {
      long[] content = node.content();
      for (int cell = 0; cell < truth.length; cell++) {
        if (truth[cell] != content[cell]) {
          throw new AssertionError(
              "%s: cell %d is %d, at the primary %d"
                  .formatted(node.name(), cell, content[cell], truth[cell]));
        }
      }
    }
  }

  private String describe() {
    StringBuilder words = new StringBuilder("not equal: primary ");
    words.append(primary.primary().orElseThrow().resource().status());
    words.append(" needed ").append(primary.primary().orElseThrow().needed());
    for (SimReplicaNode node : secondaries) {
      SecondaryReplica replica = node.secondary().orElseThrow();
      words.append("\n").append(node.name()).append(": ").append(replica.fetching());
      words.append("\n  ").append(replica.syncing());
      words.append("\n  ").append(replica.resource().status());
      words.append(" consistent ").append(replica.resource().isConsistent());
    }
    return words.toString();
  }

  private boolean isEqual(SecondaryReplica replica) {
    long durable = primary.primary().orElseThrow().resource().readableLog().marks().durable();
    return replica.syncing().state() instanceof SyncState.Done
        && replica.fetching().state() instanceof FetchState.CaughtUp
        && replica.resource().isConsistent()
        && replica.resource().log().marks().checkpoint() == durable;
  }
}
