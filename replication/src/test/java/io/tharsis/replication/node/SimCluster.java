package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.control.Command;
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

  /** What the disk of a replica holds. */
  byte[] disk(SimClusterNode node, String resource) {
    return node.host().disk("/disk-" + resource, VOLUME_BYTES).peek(new Range(0, VOLUME_BYTES));
  }
}
