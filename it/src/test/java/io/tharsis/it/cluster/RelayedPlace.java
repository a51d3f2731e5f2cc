package io.tharsis.it.cluster;

import io.tharsis.it.process.Program;
import io.tharsis.server.cluster.FreePorts;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * This host, for a node that other nodes reach through a relay only, which can be cut and healed.
 * Has threads of its own; gone when it is cut.
 */
final class RelayedPlace implements Place {

  private static final int CHUNK_BYTES = 64 << 10;

  private final int announced = FreePorts.onLoopback();
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private int to;

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
    open.forEach(RelayedPlace::closeQuietly);
    open.clear();
  }

  /** Takes connections again, if it does not. */
  void heal() throws IOException {
    if (open.stream().anyMatch(ServerSocket.class::isInstance)) {
      return;
    }
    ServerSocket door = new ServerSocket(announced, 50, InetAddress.getLoopbackAddress());
    open.add(door);
    Thread _ = Thread.ofPlatform().daemon().name("relay").start(() -> accept(door));
  }

  private void accept(ServerSocket door) {
    try {
      while (true) {
        connect(door, door.accept());
      }
    } catch (IOException closed) {
      closeQuietly(door);
    }
  }

  private void connect(ServerSocket door, Socket near) {
    try {
      Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      open.add(near);
      open.add(far);
      if (door.isClosed()) {
        throw new IOException("cut meanwhile");
      }
      pump(near, far);
      pump(far, near);
    } catch (IOException refused) {
      closeQuietly(near);
    }
  }

  private void pump(Socket from, Socket into) {
    Thread _ = Thread.ofPlatform().daemon().name("relay").start(() -> copy(from, into));
  }

  private void copy(Socket from, Socket into) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(chunk, 0, read);
      }
    } catch (IOException cut) {
      // one of both has gone: the other one is told by the end of its connection
    } finally {
      open.remove(from);
      open.remove(into);
    }
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // it is not there any more, which is what was wanted
    }
  }
}
