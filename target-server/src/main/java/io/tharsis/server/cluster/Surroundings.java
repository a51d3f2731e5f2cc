package io.tharsis.server.cluster;

import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.server.config.NodeFile;
import io.tharsis.server.config.NodeSettings;
import io.tharsis.server.node.HostName;
import io.tharsis.server.node.NodeGround;
import io.tharsis.server.node.NodeLoop;
import io.tharsis.server.node.WorldFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/**
 * What a node of this host has, in a cluster or not.
 *
 * @param data the data directory
 * @param settings what the operator wrote
 * @param peers where other nodes connect; its port is not 0
 * @param ground loops, portal, metrics
 * @param rim for what may block
 * @param fittings of the places of replicas
 * @param program version of the program, for people
 */
record Surroundings(
    Path data,
    NodeSettings settings,
    HostPort peers,
    NodeGround ground,
    Rim rim,
    HostPremises.Fittings fittings,
    String program) {

  /** What a node is called that is in no cluster yet. Blocks. */
  String name() {
    return settings.name().orElseGet(HostName::first);
  }

  /** The loop on which the node itself lives. */
  NodeLoop loop() {
    return ground.loops().of(0);
  }

  LinkHome home() {
    return new LinkHome(loop().owner(), loop().clock());
  }

  Entropy entropy() {
    return new HostEntropy();
  }

  PeerNetwork network() {
    return new PeerNetwork(home(), ground.transport(), settings.peers().dscp(), rim.threads());
  }

  /** Where other nodes find this one. Blocks. */
  List<HostPort> addresses() {
    if (!settings.peers().addresses().isEmpty()) {
      return settings.peers().addresses();
    }
    InetSocketAddress bound = peers.resolve();
    boolean everywhere = bound.isUnresolved() || isAny(bound.getAddress());
    return List.of(everywhere ? new HostPort(HostName.whole(), peers.port()) : peers);
  }

  /**
   * Looks whether links can be accepted, before anything is begun that needs them. Blocks.
   *
   * @throws io.tharsis.replication.control.RefusedException if the address cannot be had
   */
  void requirePort() throws IOException {
    try (ServerSocket tried = new ServerSocket()) {
      tried.setReuseAddress(true);
      tried.bind(peers.resolve());
    } catch (IOException taken) {
      throw Refusal.host(
              "cannot-listen",
              "cannot listen for other nodes on " + peers + ": " + WorldFailure.describe(taken),
              "another address for listen.peers in "
                  + data.resolve(NodeFile.NAME)
                  + ", or see who has it: ss -ltnp")
          .thrown();
    }
  }

  private static boolean isAny(InetAddress address) {
    return address.isAnyLocalAddress();
  }
}
