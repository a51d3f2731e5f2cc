package io.tharsis.it.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between two nodes on loopback and counts what goes through, both ways: TLS records and
 * all. Threads of its own; closing it cuts every connection, and one that is just being made.
 */
public final class ByteRelay implements AutoCloseable {

  private static final int CHUNK_BYTES = 64 << 10;

  private final ServerSocket door;
  private final int to;
  private final AtomicLong bytes;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

  private ByteRelay(ServerSocket door, int to, AtomicLong bytes) {
    this.door = door;
    this.to = to;
    this.bytes = bytes;
  }

  /**
   * Begins to accept.
   *
   * @param to port on loopback that everything goes to
   * @param bytes is added to
   */
  static ByteRelay open(int to, AtomicLong bytes) throws IOException {
    return open(0, to, bytes);
  }

  /**
   * The same at a port that is given.
   *
   * @param at port on loopback, at which nobody else accepts; 0 is any that is free
   * @param to port on loopback that everything goes to
   * @param bytes is added to
   */
  public static ByteRelay open(int at, int to, AtomicLong bytes) throws IOException {
    ByteRelay relay =
        new ByteRelay(new ServerSocket(at, 50, InetAddress.getLoopbackAddress()), to, bytes);
    Thread _ = Thread.ofPlatform().daemon().name("relay").start(relay::accept);
    return relay;
  }

  /** Where it accepts, on loopback. */
  public int port() {
    return door.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        connect(door.accept());
      }
    } catch (IOException closed) {
      close();
    }
  }

  private void connect(Socket near) {
    open.add(near);
    try {
      Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
      open.add(far);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      if (door.isClosed()) {
        closeQuietly(far);
        throw new IOException("closed meanwhile");
      }
      pump(near, far);
      pump(far, near);
    } catch (IOException refused) {
      open.remove(near);
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
        bytes.addAndGet(read);
        out.write(chunk, 0, read);
      }
    } catch (IOException cut) {
      // one of both has gone: the other one is told by the end of its connection
    } finally {
      open.remove(from);
      open.remove(into);
    }
  }

  @Override
  public void close() {
    closeQuietly(door);
    open.forEach(ByteRelay::closeQuietly);
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // it is not there any more, which is what was wanted
    }
  }
}
