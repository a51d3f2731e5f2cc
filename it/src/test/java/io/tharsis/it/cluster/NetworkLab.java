package io.tharsis.it.cluster;

import io.tharsis.it.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Three network namespaces, each with one line to a bridge that this host is at too. Made by root
 * with {@code ip}; all of it is gone after {@link #close}. Its names have the id of this process.
 */
final class NetworkLab implements Lab {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path LINKS = Path.of("/sys/class/net");

  private final long id = ProcessHandle.current().pid();
  private final String bridge = "thb" + id;
  private final String network = "10.213." + id % 250 + ".";
  private final List<String> namespaces = new ArrayList<>();

  private NetworkLab() {}

  /** Why there can be none here; empty where there can. */
  static Optional<String> hindrance() throws IOException {
    if (!"0".equals(Program.of("id", "-u").run(LIMIT).ok().strip())) {
      return Optional.of("network namespaces need root");
    }
    if (Stream.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip").noneMatch(NetworkLab::isProgram)) {
      return Optional.of("network namespaces need ip, of Debian's package iproute2");
    }
    String probe = "thp" + ProcessHandle.current().pid();
    Program.Outcome made = Program.of("ip", "link", "add", probe, "type", "bridge").run(LIMIT);
    if (made.status() != 0) {
      return Optional.of("this kernel, or container, makes no bridge: " + made.output());
    }
    run("ip", "link", "delete", probe);
    return Optional.empty();
  }

  private static boolean isProgram(String path) {
    return Files.isExecutable(Path.of(path));
  }

  /** Makes it. */
  static NetworkLab make() throws IOException {
    NetworkLab lab = new NetworkLab();
    try {
      run("ip", "link", "add", lab.bridge, "type", "bridge");
      run("ip", "address", "add", lab.network + "254/24", "dev", lab.bridge);
      run("ip", "link", "set", lab.bridge, "up");
      for (Line line : Line.values()) {
        lab.add(line);
      }
      return lab;
    } catch (IOException | RuntimeException | Error e) {
      lab.close();
      throw e;
    }
  }

  private void add(Line line) throws IOException {
    String namespace = namespace(line);
    run("ip", "netns", "add", namespace);
    namespaces.add(namespace);
    run(
        "ip",
        "link",
        "add",
        outside(line),
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        namespace);
    run("ip", "link", "set", outside(line), "master", bridge, "up");
    run("ip", "-n", namespace, "link", "set", "lo", "up");
    run("ip", "-n", namespace, "address", "add", address(line) + "/24", "dev", "eth0");
    run("ip", "-n", namespace, "link", "set", "eth0", "up");
  }

  private String namespace(Line line) {
    return "tharsis-it-" + id + "-" + line.number();
  }

  @Override
  public String outside(Line line) {
    return "thv" + id + "x" + line.number();
  }

  private String address(Line line) {
    return network + line.number();
  }

  @Override
  public List<Place> places() {
    return Stream.of(Line.values()).map(this::place).toList();
  }

  private Place place(Line line) {
    return new HostPlace(
        address(line), List.of("ip", "netns", "exec", namespace(line)), HostPlace.Verbs.AS_TYPED);
  }

  @Override
  public void cut(Line line) throws IOException {
    run("ip", "link", "set", outside(line), "down");
  }

  @Override
  public void heal(Line line) throws IOException {
    run("ip", "link", "set", outside(line), "up");
  }

  private static void run(Object... words) throws IOException {
    String _ = Program.of(words).run(LIMIT).ok();
  }

  @Override
  public void close() throws IOException {
    for (String namespace : namespaces) {
      run("ip", "netns", "delete", namespace);
    }
    if (Files.exists(LINKS.resolve(bridge))) {
      run("ip", "link", "delete", bridge);
    }
  }
}
