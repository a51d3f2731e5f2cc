package io.tharsis.it.bench;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * {@code ./tharsis node} with a data directory of its own on loopback. Owned by the benchmark's
 * thread, which stops it by {@link #close}.
 */
final class BenchNode implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final String NODE = "ready node ";
  private static final String LUN = "ready iscsi:";

  private final String name;
  private final Path data;
  private final int foundPort;
  private final ChildProcess child;
  private final AdminClient admin;

  private BenchNode(String name, Path data, int foundPort, ChildProcess child, AdminClient admin) {
    this.name = name;
    this.data = data;
    this.foundPort = foundPort;
    this.child = child;
    this.admin = admin;
  }

  /**
   * What its {@code node.toml} says beyond names and ports.
   *
   * @param logSpace a value of {@code log.space}
   * @param fileSize a value of {@code log.file-size}
   * @param backlog a value of {@code log.backlog}
   * @param bandwidth a value of {@code peers.bandwidth}
   * @param append a value of {@code io.append}
   */
  record Settings(
      String logSpace, String fileSize, String backlog, String bandwidth, String append) {
    static final Settings ROOMY = new Settings("24GiB", "64MiB", "4GiB", "unlimited", "auto");

    Settings throttledTo(long bytesPerSecond) {
      return new Settings(logSpace, fileSize, backlog, String.valueOf(bytesPerSecond), append);
    }

    /** What a probe finds best may differ from node to node, and so would what is measured. */
    Settings appending(String method) {
      return new Settings(logSpace, fileSize, backlog, bandwidth, method);
    }
  }

  /**
   * Starts one.
   *
   * @param found where other nodes find it: its own port, or a relay's
   * @return once it can be operated
   */
  static BenchNode start(Path launcher, Path directory, String name, Settings settings, Found found)
      throws IOException {
    Path data = Files.createDirectories(directory.resolve(name));
    int peersPort = FreePorts.onLoopback();
    int foundPort = found.portFor(peersPort);
    Files.writeString(
        data.resolve("node.toml"),
        """
        [node]
        name = "%s"

        [listen]
        iscsi = "127.0.0.1:%d"
        peers = "127.0.0.1:%d"

        [peers]
        addresses = "127.0.0.1:%d"
        bandwidth = "%s"

        [log]
        space = "%s"
        file-size = "%s"
        backlog = "%s"

        [io]
        append = "%s"
        """
            .formatted(
                name,
                FreePorts.onLoopback(),
                peersPort,
                foundPort,
                settings.bandwidth(),
                settings.logSpace(),
                settings.fileSize(),
                settings.backlog(),
                settings.append()));
    ChildProcess child =
        ChildProcess.start(
            List.of(launcher.toString(), "node", "--data", data.toString()),
            Map.of(),
            directory.resolve(name + ".log"),
            true);
    try {
      String _ = awaitLine(child, NODE);
      return new BenchNode(name, data, foundPort, child, AdminClient.of(data));
    } catch (IOException | RuntimeException e) {
      child.close();
      throw e;
    }
  }

  /** Says where other nodes are to find the one that listens on a port. */
  @FunctionalInterface
  interface Found {
    /** There. */
    Found DIRECTLY = port -> port;

    int portFor(int port) throws IOException;
  }

  private static String awaitLine(ChildProcess child, String begin) throws IOException {
    boolean settled =
        Loopback.await(START_LIMIT, () -> !child.isAlive() || child.logLine(begin).isPresent());
    if (!settled || !child.isAlive()) {
      throw new IOException(
          "tharsis node does not say '" + begin + "': " + Files.readString(child.log()));
    }
    return child.logLine(begin).orElseThrow();
  }

  String name() {
    return name;
  }

  ChildProcess child() {
    return child;
  }

  AdminClient admin() {
    return admin;
  }

  /** A verb that has to be carried out. */
  void tell(String verb, Map<String, Object> fields) throws IOException {
    String _ = admin.tell(verb, fields);
  }

  /** Where other nodes find it. */
  String peersAddress() {
    return Loopback.ADDRESS + ":" + foundPort;
  }

  /** The file that holds its copy. */
  Path disk() {
    return data.resolveSibling(name + ".img");
  }

  /** The one LUN of this node, when initiators can reach it. */
  IscsiUrl awaitLun() throws IOException {
    return IscsiUrl.parse(awaitLine(child, LUN).substring("ready ".length()).strip());
  }

  /** Its own replica. */
  AdminClient.Replica replica() throws IOException {
    return admin.replica(name);
  }

  @Override
  public void close() {
    child.close();
  }
}
