package io.tharsis.it.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/**
 * Where a node of a test runs.
 *
 * @param host address at which initiators and other nodes find it
 * @param entrance words in front of a command that make it run there; none on this host
 */
record Place(String host, List<String> entrance) {

  /** Loopback of this host, which all nodes share. */
  static final Place HERE = new Place("127.0.0.1", List.of());

  Place {
    entrance = List.copyOf(entrance);
  }

  /**
   * A port that a node may have here: the usual one where the node is alone. It has to be the same
   * after a restart, so it is looked for before.
   */
  int port(int usual) throws IOException {
    if (!entrance.isEmpty()) {
      return usual;
    }
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
