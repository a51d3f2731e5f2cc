package io.tharsis.replication.simnet;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Network;
import io.tharsis.replication.link.Pipe;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.math.BigInteger;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The network between the hosts of one simulation. */
public final class SimNet {

  private static final int FIRST_FREE_PORT = 40_000;

  private final Simulation simulation;
  private final SimRandom random;
  private final NetFaults faults;
  private final Map<String, SimLine> lines = new LinkedHashMap<>();
  private final Map<String, Listener> listeners = new LinkedHashMap<>();
  private final List<SimPipe> pipes = new ArrayList<>();
  private final Map<LinkClass, Long> sentBytes = new EnumMap<>(LinkClass.class);
  private int nextPort = FIRST_FREE_PORT;

  /** One end of connections: a process on a host. */
  record Side(SimHost host, SimOwner door, int port, Optional<Paper> paper) {}

  /**
   * A certificate.
   *
   * @param node that it names
   * @param serial its number
   * @param until when it ends
   */
  public record Paper(UUID node, BigInteger serial, Instant until) {

    /** One that never ends. */
    public static Paper of(UUID node) {
      return new Paper(node, BigInteger.ONE, Instant.MAX);
    }
  }

  private record Listener(Side side, Supplier<Optional<Paper>> papers, Consumer<Pipe> arrivals) {

    Side now() {
      return new Side(side.host(), side.door(), side.port(), papers.get());
    }
  }

  /** A network in which all lines are good. */
  public SimNet(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.random("net");
    this.faults = new NetFaults(simulation.random("net faults"));
  }

  /** What goes wrong on all lines. */
  public NetFaults faults() {
    return faults;
  }

  /** The line from one host to another, in this direction. */
  public SimLine line(String from, String to) {
    return lines.computeIfAbsent(from + ">" + to, label -> new SimLine(simulation, label));
  }

  /** Cuts the lines between two hosts in both directions. */
  public void cut(String one, String other) {
    line(one, other).cut();
    line(other, one).cut();
  }

  /** Mends the lines between two hosts in both directions. */
  public void mend(String one, String other) {
    line(one, other).mend();
    line(other, one).mend();
  }

  /** Mends all lines and ends all faults. */
  public void heal() {
    faults.heal();
    List.copyOf(lines.values()).forEach(SimLine::mend);
  }

  /** All lines are as fast as they were at first. */
  public void calm() {
    lines.values().forEach(SimLine::calm);
  }

  /** The address of a port of a host. */
  public static InetSocketAddress address(String host, int port) {
    return InetSocketAddress.createUnresolved(host, port);
  }

  /**
   * The network as one process sees it.
   *
   * @param host where it runs
   * @param door of the incarnation that runs now
   * @param certificate the node that its certificate names, if it has one
   */
  public Network network(SimHost host, LinkHome door, Optional<UUID> certificate) {
    Optional<Paper> paper = certificate.map(Paper::of);
    return network(host, door, () -> paper);
  }

  /**
   * The same with a certificate that changes.
   *
   * @param papers what is shown at each connection
   */
  public Network network(SimHost host, LinkHome door, Supplier<Optional<Paper>> papers) {
    return new HostNetwork(host, (SimOwner) door.owner(), papers);
  }

  /**
   * What kernels do for processes that have died: their connections are reset. Not called after a
   * power failure: then the others learn of it when they send something, or by silence.
   */
  public void reap() {
    for (SimPipe pipe : List.copyOf(pipes)) {
      if (!pipe.owner().isAlive()) {
        pipe.processIsGone();
      }
    }
  }

  /** Bytes that were sent over links of a class, from whoever to whomever. */
  public long sentBytes(LinkClass linkClass) {
    return sentBytes.getOrDefault(linkClass, 0L);
  }

  void count(LinkClass linkClass, int bytes) {
    sentBytes.merge(linkClass, (long) bytes, Long::sum);
  }

  long nowNanos() {
    return simulation.nowNanos();
  }

  SimRandom random() {
    return random;
  }

  void observe(long value) {
    simulation.observe("net", value);
  }

  void soon(Runnable event) {
    later(Duration.ofNanos(random.between(1_000, 1_000_000)), event);
  }

  void later(Duration delay, Runnable event) {
    simulation.schedule(delay, "net", event);
  }

  private final class HostNetwork implements Network {
    private final SimHost host;
    private final SimOwner door;
    private final Supplier<Optional<Paper>> papers;

    HostNetwork(SimHost host, SimOwner door, Supplier<Optional<Paper>> papers) {
      this.host = host;
      this.door = door;
      this.papers = papers;
    }

    @Override
    public Async<Pipe> dial(InetSocketAddress to, LinkClass linkClass) {
      Async<Pipe> result = new Async<>();
      Optional<Paper> shown = linkClass == LinkClass.JOIN ? Optional.empty() : papers.get();
      Side from = new Side(host, door, nextPort++, shown);
      SimLine there = line(host.name(), to.getHostString());
      there.carry(there.arrivalNanos(0, nowNanos(), Duration.ZERO), () -> knocks(from, to, result));
      return result;
    }

    private void knocks(Side from, InetSocketAddress to, Async<Pipe> result) {
      Optional<Listener> listener =
          Optional.ofNullable(listeners.get(to.getHostString() + ":" + to.getPort()))
              .filter(known -> known.side().door().isAlive());
      SimLine back = line(to.getHostString(), host.name());
      long answered = back.arrivalNanos(0, nowNanos(), Duration.ZERO);
      if (listener.isEmpty() || faults.strikes(NetFault.REFUSE)) {
        IOException refused = new ConnectException("connection refused: " + to);
        back.carry(answered, () -> door.execute(() -> result.fail(refused)));
        return;
      }
      SimPipe.Circuit circuit = new SimPipe.Circuit();
      Side there = listener.get().now();
      SimPipe near = new SimPipe(SimNet.this, from, there, circuit);
      SimPipe far = new SimPipe(SimNet.this, there, from, circuit);
      near.joinTo(far);
      far.joinTo(near);
      pipes.removeIf(SimPipe::isClosed);
      pipes.add(near);
      pipes.add(far);
      listener.get().side().door().execute(() -> listener.get().arrivals().accept(far));
      back.carry(answered, () -> door.execute(() -> result.succeed(near)));
    }

    @Override
    public Async<Listening> listen(InetSocketAddress at, Consumer<Pipe> arrivals) {
      int port = at.getPort() == 0 ? nextPort++ : at.getPort();
      String key = host.name() + ":" + port;
      Listener before = listeners.get(key);
      if (before != null && before.side().door().isAlive()) {
        return Async.failed(new IOException("address in use: " + key));
      }
      Listener listener =
          new Listener(new Side(host, door, port, Optional.empty()), papers, arrivals);
      listeners.put(key, listener);
      return Async.of(
          new Listening() {
            @Override
            public InetSocketAddress address() {
              return SimNet.address(host.name(), port);
            }

            @Override
            public void close() {
              listeners.remove(key, listener);
            }
          });
    }
  }
}
