package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Links between the nodes of a simulation: ordered, delayed, cut by order. */
final class TestNet {

  /** One direction of a link. */
  private final class Wire implements Peer {
    private final TestNode from;
    private final TestNode to;
    private long lastNanos;
    private boolean cut;

    Wire(TestNode from, TestNode to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public UUID node() {
      return to.id();
    }

    @Override
    public boolean hasRoom() {
      return !cut && random.below(50) > 0;
    }

    @Override
    public void send(Exchange message) {
      Blob bytes = ExchangeCodec.encode(message);
      messages++;
      sentBytes += bytes.sizeBytes();
      long at = simulation.nowNanos() + random.between(100_000, longestDelay.toNanos());
      lastNanos = Math.max(lastNanos, at);
      simulation.schedule(
          Duration.ofNanos(lastNanos - simulation.nowNanos()),
          "wire",
          () -> {
            if (!cut) {
              to.receive(from.id(), bytes);
            }
          });
    }
  }

  private final Simulation simulation;
  private final SimRandom random;
  private final TreeMap<String, List<Wire>> links = new TreeMap<>();
  private Duration longestDelay = Duration.ofMillis(50);
  private long messages;
  private long sentBytes;

  TestNet(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.random("net");
  }

  long messages() {
    return messages;
  }

  long sentBytes() {
    return sentBytes;
  }

  private static String name(TestNode a, TestNode b) {
    return a.id().compareTo(b.id()) < 0 ? a.id() + " " + b.id() : b.id() + " " + a.id();
  }

  boolean isConnected(TestNode a, TestNode b) {
    return links.containsKey(name(a, b));
  }

  /** Makes a link; both are up. */
  void connect(TestNode a, TestNode b) {
    cut(a, b);
    Wire there = new Wire(a, b);
    Wire back = new Wire(b, a);
    links.put(name(a, b), List.of(there, back));
    a.connect(there);
    b.connect(back);
  }

  /** Cuts the link, if there is one; both notice. */
  void cut(TestNode a, TestNode b) {
    Optional.ofNullable(links.remove(name(a, b)))
        .ifPresent(wires -> {
          wires.forEach(wire -> wire.cut = true);
          a.disconnect(b.id());
          b.disconnect(a.id());
        });
  }

  /** A node has died: all its links are gone. */
  void isolate(TestNode node, List<TestNode> all) {
    new ArrayList<>(all).stream().filter(other -> other != node).forEach(other -> cut(node, other));
  }
}
