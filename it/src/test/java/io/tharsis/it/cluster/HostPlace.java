package io.tharsis.it.cluster;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.FixedPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * This host, or a part of it.
 *
 * @param host address at which initiators and other nodes find it
 * @param entrance words in front of a command that make it run there; none on the host itself
 */
record HostPlace(String host, List<String> entrance) implements Place {

  /** Loopback of this host, which all nodes share. */
  static final HostPlace HERE = new HostPlace("127.0.0.1", List.of());

  HostPlace {
    entrance = List.copyOf(entrance);
  }

  /** The usual one where the node is alone. */
  @Override
  public int port(int usual) throws IOException {
    return entrance.isEmpty() ? FixedPort.free() : usual;
  }

  @Override
  public List<String> tharsis(List<String> words) {
    List<String> line = new ArrayList<>(entrance);
    line.add(Checkout.find().launcher().toString());
    line.addAll(words);
    return line;
  }

  @Override
  public RunningNode start(Path data) throws IOException {
    return ClusterProcess.start(data, tharsis(List.of("node", "--data", data.toString())));
  }
}
