package io.tharsis.it.cluster;

import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network.Ipam;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/**
 * Three containers in one network of their own, from an image that {@code it/container/prepare}
 * makes of this checkout. A line is cut by taking the container out of the network.
 */
final class ContainerLab implements Lab {

  private static final Duration MAKING_LIMIT = Duration.ofMinutes(15);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path LINKS = Path.of("/sys/class/net");
  private static final int UNAVAILABLE = 69;
  private static final int GATEWAY = 1;

  private final String subnet = "10.214." + ProcessHandle.current().pid() % 250 + ".";
  private final Network network;
  private final Map<Line, ContainerPlace> places = new EnumMap<>(Line.class);

  private ContainerLab() {
    Ipam.Config range = new Ipam.Config().withSubnet(subnet + "0/24");
    network =
        Network.builder()
            .createNetworkCmdModifier(made -> made.withIpam(new Ipam().withConfig(range)))
            .build();
  }

  /** Why there can be none here; empty where there can. */
  static Optional<String> hindrance() throws IOException {
    Program.Outcome made = prepare();
    return made.status() == UNAVAILABLE ? Optional.of(made.output().strip()) : Optional.empty();
  }

  private static Program.Outcome prepare() throws IOException {
    return Program.of(Checkout.find().home().resolve("it/container/prepare")).run(MAKING_LIMIT);
  }

  /** Makes it. */
  static ContainerLab make() throws IOException {
    List<String> said = prepare().ok().lines().toList();
    ContainerLab lab = new ContainerLab();
    for (Line line : Line.values()) {
      String address = lab.subnet + (GATEWAY + line.number());
      lab.places.put(line, new ContainerPlace(said.getLast(), lab.network, address));
    }
    return lab;
  }

  @Override
  public List<Place> places() {
    return List.copyOf(places.values());
  }

  private ContainerPlace place(Line line) {
    return Optional.ofNullable(places.get(line)).orElseThrow();
  }

  @Override
  public void cut(Line line) {
    DockerClientFactory.lazyClient()
        .disconnectFromNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(place(line).container())
        .exec();
  }

  @Override
  public void heal(Line line) {
    ContainerNetwork.Ipam address = new ContainerNetwork.Ipam();
    DockerClientFactory.lazyClient()
        .connectToNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(place(line).container())
        .withContainerNetwork(
            new ContainerNetwork().withIpamConfig(address.withIpv4Address(place(line).host())))
        .exec();
  }

  @Override
  public String outside(Line line) throws IOException {
    String index =
        Program.of("docker", "exec", place(line).container(), "cat", LINKS + "/eth0/iflink")
            .run(LIMIT)
            .ok()
            .strip();
    try (Stream<Path> links = Files.list(LINKS)) {
      for (Path link : links.toList()) {
        if (Files.readString(link.resolve("ifindex")).strip().equals(index)) {
          return link.getFileName().toString();
        }
      }
    }
    throw new IOException("no device of this host is the other end of " + line);
  }

  @Override
  public void close() {
    places.values().forEach(ContainerPlace::remove);
    network.close();
  }
}
