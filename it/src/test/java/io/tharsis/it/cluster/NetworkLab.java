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
final class NetworkLab implements AutoCloseable {

  /** Which of the three. */
  enum Line {
    ALPHA(1),
    BETA(2),
    GAMMA(3);

    private final int number;

    Line(int number) {
      this.number = number;
    }
  }

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
    return "tharsis-it-" + id + "-" + line.number;
  }

  private String outside(Line line) {
    return "thv" + id + "x" + line.number;
  }

  private String address(Line line) {
    return network + line.number;
  }

  /** Where nodes run, in the order of the lines. */
  List<Place> places() {
    return Stream.of(Line.values())
        .map(line -> new Place(address(line), List.of("ip", "netns", "exec", namespace(line))))
        .toList();
  }

  /** From here on nothing passes; nobody is told. */
  void cut(Line line) throws IOException {
    run("ip", "link", "set", outside(line), "down");
  }

  /** Ends {@link #cut}. */
  void heal(Line line) throws IOException {
    run("ip", "link", "set", outside(line), "up");
  }

  /**
   * What is sent to a node is slow from here on.
   *
   * @param rate as {@code tc} has it, {@code 4mbit} for instance
   * @return whether this kernel can do that
   */
  boolean slow(Line line, String rate) throws IOException {
    return Program.of(
                "tc",
                "qdisc",
                "add",
                "dev",
                outside(line),
                "root",
                "tbf",
                "rate",
                rate,
                "burst",
                "32kb",
                "latency",
                "100ms")
            .run(LIMIT)
            .status()
        == 0;
  }

  /** Ends {@link #slow}. */
  void quicken(Line line) throws IOException {
    run("tc", "qdisc", "delete", "dev", outside(line), "root");
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
