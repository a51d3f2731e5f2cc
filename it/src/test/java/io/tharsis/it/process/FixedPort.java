package io.tharsis.it.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/**
 * Ports for a node that comes back where its initiators look for it. They lie below those that the
 * kernel gives away by itself, so that nobody is given one while its node is away.
 */
public final class FixedPort {

  private static final int FIRST = 20_000;
  private static final int END = 30_000;
  private static final int TRIES = 100;

  private FixedPort() {}

  /** One of loopback that nobody listens at. */
  public static int free() throws IOException {
    Random random = new Random();
    for (int tries = 0; tries < TRIES; tries++) {
      int port = random.nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException taken) {
        // the next one
      }
    }
    throw new IOException("no free port in [" + FIRST + ", " + END + ")");
  }
}
