package io.tharsis.server.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody listens at, for those who have to tell theirs before they listen. They lie
 * below those that the kernel gives to outgoing connections (32768 and above unless {@code
 * net.ipv4.ip_local_port_range} says otherwise): such a connection could have the port meanwhile.
 */
public final class FreePorts {

  private static final int FIRST = 20_000;
  private static final int END = 32_768;
  private static final int TRIES = 1_000;

  private FreePorts() {}

  /** As {@link #at}, of this host's loopback. */
  public static int onLoopback() throws IOException {
    return at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /**
   * A TCP port that was free at this address, whose own port does not count, a moment ago. Blocks.
   *
   * @throws IOException if none is found, or the address is not of this host
   */
  public static int at(InetSocketAddress where) throws IOException {
    if (where.isUnresolved()) {
      throw new UnknownHostException(where.getHostString());
    }
    for (int tries = 1; ; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket free = new ServerSocket()) {
        free.setReuseAddress(true);
        free.bind(new InetSocketAddress(where.getAddress(), port));
        return port;
      } catch (IOException taken) {
        if (tries == TRIES) {
          throw taken;
        }
      }
    }
  }
}
