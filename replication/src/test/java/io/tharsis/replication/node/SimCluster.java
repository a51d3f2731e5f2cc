package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.simnet.SimNet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;

/** A cluster of simulated nodes a, b, c…; a has the CA. */
final class SimCluster {

  /** Of so many a node's log space is large enough. */
  static final int MAX_RESOURCES = 8;

  static final int CELL = 4096;
  static final int CELLS = 256;
  static final long VOLUME_BYTES = (long) CELL * CELLS;
  private static final long STEPS = 20_000_000;

  private final Simulation simulation;
  private final SimNet net;
  private final List<SimClusterNode> nodes = new ArrayList<>();
  private long lastStamp;

  SimCluster(long seed, int count) {
    this(seed, count, TestLog.LIMITS);
  }

  SimCluster(long seed, int count, LogLimits limits) {
    simulation = new Simulation(seed);
    net = new SimNet(simulation);
    for (int i = 0; i < count; i++) {
      String name = String.valueOf((char) ('a' + i));
      nodes.add(
          new SimClusterNode(simulation, net, name, limits, i == 0 ? List.of() : List.of("a")));
    }
    List<UUID> all = nodes.stream().map(SimClusterNode::id).toList();
    nodes.forEach(node -> node.trust().admit(all));
  }

  Simulation simulation() {
    return simulation;
  }

  SimNet net() {
    return net;
  }

  SimClusterNode node(int index) {
    return nodes.get(index);
  }

  List<SimClusterNode> nodes() {
    return nodes;
  }

  /** Starts all and waits until they know each other. */
  SimCluster start() {
    nodes.forEach(SimClusterNode::start);
    until(() ->
        nodes.stream()
            .allMatch(node ->
                node.view().nodes().size() == nodes.size()
                    && node.view().nodes().stream().allMatch(one -> one.linked())));
    return this;
  }

  void runFor(Duration time) {
    simulation.runFor(time);
  }

  /** Runs, looking every tenth of a second, for a minute at most. */
  void until(java.util.function.BooleanSupplier condition) {
    for (int i = 0; i < 600; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      simulation.runFor(Duration.ofMillis(100));
    }
    throw new AssertionError("it does not come about");
  }

  /** Starts all; the first one makes a resource of which so many cells are written. */
  void made(String resource, int cells) {
    start();
    node(0).run(create(resource));
    for (int cell = 0; cell < cells; cell++) {
      write(node(0), resource, cell);
    }
  }

  /** Makes a node a member, and waits until its copy is as good as the primary's. */
  void joined(String resource, SimClusterNode node) {
    until(() -> !node.view().resources().isEmpty());
    node.run(join(resource));
    node.run(wait(resource, WaitState.UP_TO_DATE));
  }

  /** The same, and until all of that is on its disk. */
  void joinedAndReplayed(String resource, SimClusterNode node) {
    joined(resource, node);
    node.run(wait(resource, WaitState.REPLAYED));
  }

  static Command create(String resource) {
    return new Command.CreateResource(
        resource, "/disk-" + resource, OptionalLong.of(VOLUME_BYTES), WriteCacheMode.DURABLE);
  }

  static Command join(String resource) {
    return new Command.JoinResource(resource, "/disk-" + resource);
  }

  static Command wait(String resource, WaitState state) {
    return new Command.WaitResource(resource, state, Optional.empty());
  }

  /** Writes a cell through the node's LUN, and waits for GOOD. */
  void write(SimClusterNode node, String resource, int cell) {
    write(node, resource, cell, 1);
  }

  /** Writes several cells at once. */
  void write(SimClusterNode node, String resource, int cell, int cells) {
    ByteBuffer block = stamped(cells);
    await(
        asked(
            node,
            resource,
            completion ->
                node.premises()
                    .exported(resource)
                    .orElseThrow()
                    .volume(0)
                    .write((long) cell * CELL, block, false, completion)));
  }

  /**
   * Begins to write a cell through the LUN as a node offers it, wherever the primary is.
   *
   * @return the fault, or "" if there was none
   */
  Async<String> begin(SimClusterNode node, String resource, int cell) {
    ByteBuffer block = stamped(1);
    return asked(
        node,
        resource,
        completion -> offered(node, resource).write((long) cell * CELL, block, false, completion));
  }

  /** Writes a cell through the LUN as a node offers it, and waits for GOOD. */
  void written(SimClusterNode through, String resource, int cell) {
    Async<String> done = begin(through, resource, cell);
    until(done::isDone);
    assertThat(done.value()).isEmpty();
  }

  /** The stamp that a cell of the volume has, read through the LUN as a node offers it. */
  long read(SimClusterNode node, String resource, int cell) {
    ByteBuffer block = ByteBuffer.allocateDirect(CELL);
    await(
        asked(
            node,
            resource,
            completion -> offered(node, resource).read((long) cell * CELL, block, completion)));
    return block.getLong(0);
  }

  private static Volume offered(SimClusterNode node, String resource) {
    return node.premises().front(resource).orElseThrow().volumes().getFirst();
  }

  private ByteBuffer stamped(int cells) {
    long stamp = ++lastStamp;
    ByteBuffer block = ByteBuffer.allocateDirect(cells * CELL);
    while (block.hasRemaining()) {
      block.putLong(stamp);
    }
    return block.flip();
  }

  /** Has a volume's owner ask something of it; the fault, or "" if there was none. */
  private static Async<String> asked(
      SimClusterNode node, String resource, Consumer<VolumeCompletion> question) {
    Async<String> done = new Async<>();
    VolumeCompletion completion =
        new VolumeCompletion() {
          @Override
          public void succeeded() {
            done.succeed("");
          }

          @Override
          public void failed(VolumeFault fault) {
            done.succeed(fault.toString());
          }
        };
    node.host().owner("resource " + resource).execute(() -> question.accept(completion));
    return done;
  }

  private void await(Async<String> answer) {
    simulation.runUntil(answer::isDone, STEPS);
    if (!answer.value().isEmpty()) {
      throw new AssertionError(answer.value());
    }
  }

  /** Stamp of the write that was begun last. */
  long lastStamp() {
    return lastStamp;
  }

  /**
   * A secondary fetches log that it does not replay, and that rots in its files. Replay is paused
   * afterwards; when it goes on it finds that.
   */
  void rotten(String resource, SimClusterNode node) {
    node.run(new Command.Turn(resource, SwitchVerb.PAUSE_REPLAY));
    for (int cell = 0; cell < 100; cell++) {
      write(node(0), resource, cell);
    }
    node.run(wait(resource, WaitState.FETCHED));
    SimDirectory log = SimPremises.directory(node.host(), resource);
    long rotten = node.replica(node).marks().checkpointLsn() % (8 << 20) + 4096 + 40_000;
    log.files().stream()
        .filter(file -> file.startsWith("log-"))
        .forEach(file -> log.medium(file).rot(new Range(rotten, rotten + 64)));
  }

  /** What the disk of a replica holds. */
  byte[] disk(SimClusterNode node, String resource) {
    return node.host().disk("/disk-" + resource, VOLUME_BYTES).peek(new Range(0, VOLUME_BYTES));
  }
}
