package io.tharsis.it.cluster;

import io.tharsis.it.bench.ByteRelay;
import io.tharsis.it.process.Program;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * This host, for a node that other nodes reach through a relay only, which can be cut and healed.
 * Has threads of its own; gone when it is cut.
 */
final class RelayedPlace implements Place {

  private final int announced = FreePorts.onLoopback();
  private int to;
  private Optional<ByteRelay> relay = Optional.empty();

  RelayedPlace() throws IOException {}

  @Override
  public String host() {
    return HostPlace.HERE.host();
  }

  @Override
  public int port(int usual) throws IOException {
    return HostPlace.HERE.port(usual);
  }

  /** Begins to relay. */
  @Override
  public int announced(int port) throws IOException {
    to = port;
    heal();
    return announced;
  }

  @Override
  public List<String> tharsis(List<String> words) {
    return HostPlace.HERE.tharsis(words);
  }

  @Override
  public Program.Outcome operate(List<String> words, Duration limit) throws IOException {
    return HostPlace.HERE.operate(words, limit);
  }

  @Override
  public RunningNode start(Path data) throws IOException {
    return HostPlace.HERE.start(data);
  }

  /** Ends all connections and takes no new one. */
  void cut() {
    relay.ifPresent(ByteRelay::close);
    relay = Optional.empty();
  }

  /** Takes connections again, if it does not. */
  void heal() throws IOException {
    if (relay.isEmpty()) {
      relay = Optional.of(ByteRelay.open(announced, to, new AtomicLong()));
    }
  }
}
