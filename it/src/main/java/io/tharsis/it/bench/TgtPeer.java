package io.tharsis.it.bench;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Debian's tgtd with one rdwr-backed LUN and a control socket of its own, so that it meets no other
 * tgtd. Durable means {@code --bsoflags sync}.
 */
public final class TgtPeer implements Peer {

  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
  private static final String SOCKET_VARIABLE = "TGT_IPC_SOCKET";

  private final Path directory;
  private final long diskBytes;

  /** Keeps everything in {@code directory}, which exists. */
  public TgtPeer(Path directory, long diskBytes) {
    this.directory = directory;
    this.diskBytes = diskBytes;
  }

  @Override
  public String name() {
    return "tgt";
  }

  @Override
  public Running start(CacheMode mode) throws IOException {
    Path disk = directory.resolve("tgt-disk.img");
    DiskFile.write(disk, diskBytes);
    int port = FreePorts.onLoopback();
    Path socket = directory.resolve("tgt-" + port);
    IscsiUrl url =
        new IscsiUrl(Loopback.ADDRESS, port, "iqn.2026-11.io.tharsis.bench:tgt-" + port, 1);
    ChildProcess child =
        ChildProcess.start(
            List.of("tgtd", "-f", "--iscsi", "portal=" + url.portal()),
            Map.of(SOCKET_VARIABLE, socket.toString()),
            directory.resolve("tgtd.log"),
            // tgtd stays alive on SIGTERM while it has targets
            false);
    try {
      configure(child, socket, url, disk, mode);
    } catch (IOException | RuntimeException e) {
      child.close();
      throw e;
    }
    return new Running(url, child);
  }

  private void configure(ChildProcess child, Path socket, IscsiUrl url, Path disk, CacheMode mode)
      throws IOException {
    if (!Loopback.await(START_LIMIT, () -> !child.isAlive() || hasSocket(socket))
        || !child.isAlive()) {
      throw new IOException("tgtd does not come up; see " + child.log());
    }
    tgtadm(socket, "--op", "new", "--mode", "target", "--tid", "1", "-T", url.target());
    List<String> unit =
        new ArrayList<>(
            List.of("--op", "new", "--mode", "logicalunit", "--tid", "1", "--lun", "1"));
    unit.addAll(List.of("--backing-store", disk.toString(), "--bstype", "rdwr"));
    if (mode == CacheMode.DURABLE) {
      unit.addAll(List.of("--bsoflags", "sync"));
    }
    tgtadm(socket, unit.toArray(String[]::new));
    tgtadm(socket, "--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL");
  }

  /** tgtd appends its control port to the name it is given. */
  private boolean hasSocket(Path socket) throws IOException {
    try (var files = Files.newDirectoryStream(directory, socket.getFileName() + "*[0-9]")) {
      return files.iterator().hasNext();
    }
  }

  private void tgtadm(Path socket, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("tgtadm", "--lld", "iscsi"));
    line.addAll(List.of(arguments));
    Path log = directory.resolve("tgtadm.log");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put(SOCKET_VARIABLE, socket.toString());
    Process process = builder.start();
    try {
      if (!process.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)
          || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(line + " failed: " + Files.readString(log).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
