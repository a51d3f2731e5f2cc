package io.tharsis.it.vm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/**
 * Ports for a node that comes back where its initiators look for it. They lie below those that the
 * kernel gives away by itself, so that nobody is given one while its node is away.
 */
final class FixedPort {

  private static final int FIRST = 20_000;
  private static final int END = 30_000;
  private static final int TRIES = 100;

  private FixedPort() {}

  /** HOST:PORT that nobody listens at. */
  static String free() throws IOException {
    Random random = new Random();
    for (int tries = 0; tries < TRIES; tries++) {
      int port = random.nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return "127.0.0.1:" + port;
      } catch (IOException taken) {
        // the next one
      }
    }
    throw new IOException("no free port in [" + FIRST + ", " + END + ")");
  }
}
