package io.tharsis.it.bench;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code ./tharsis serve} with one resource in a directory of its own. */
public final class TharsisPeer implements Peer {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final String READY = "ready ";

  private final String name;
  private final Path launcher;
  private final Path directory;
  private final long diskBytes;
  private final int metricsPort;

  /**
   * Keeps everything in {@code directory}, which exists.
   *
   * @param name {@code tharsis}, and behind it options of {@code serve}
   * @param metricsPort where it serves its metrics; 0 for none
   */
  public TharsisPeer(String name, Path launcher, Path directory, long diskBytes, int metricsPort) {
    this.name = name;
    this.launcher = launcher;
    this.directory = directory;
    this.diskBytes = diskBytes;
    this.metricsPort = metricsPort;
  }

  @Override
  public String name() {
    return name;
  }

  /** Where the counters of the applier are. */
  ApplyProgress progress() {
    return new MetricsEndpoint(
        URI.create("http://" + Loopback.ADDRESS + ":" + metricsPort + "/metrics"));
  }

  @Override
  public Running start(CacheMode mode) throws IOException {
    Path data = Files.createTempDirectory(directory, "tharsis-");
    Path disk = data.resolve("disk.img");
    DiskFile.write(disk, diskBytes);
    List<String> line =
        new ArrayList<>(List.of(launcher.toString(), "serve", "--data", data.toString()));
    line.addAll(
        List.of(
            "--resource",
            "bench=%s,size=%d,cache=%s".formatted(disk, diskBytes, mode.resourceOption())));
    line.addAll(List.of("--listen", Loopback.ADDRESS + ":" + FreePorts.onLoopback()));
    if (metricsPort > 0) {
      line.addAll(List.of("--metrics", Loopback.ADDRESS + ":" + metricsPort));
    }
    List<String> words = List.of(name.split(" ", -1));
    line.addAll(words.subList(1, words.size()));
    ChildProcess child = ChildProcess.start(line, Map.of(), directory.resolve("tharsis.log"), true);
    try {
      return new Running(awaitReady(child), child);
    } catch (IOException | RuntimeException e) {
      child.close();
      throw e;
    }
  }

  private static IscsiUrl awaitReady(ChildProcess child) throws IOException {
    boolean settled =
        Loopback.await(START_LIMIT, () -> !child.isAlive() || child.logLine(READY).isPresent());
    if (!settled || !child.isAlive()) {
      throw new IOException("tharsis serve does not come up; see " + child.log());
    }
    return IscsiUrl.parse(child.logLine(READY).orElseThrow().substring(READY.length()).strip());
  }
}
