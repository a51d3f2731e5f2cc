package io.tharsis.it.cluster;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

/**
 * A container whose first process is a node. It is made when the node is started for the first
 * time, with an address that it keeps, and stays until {@link #remove}.
 */
final class ContainerPlace implements Place {

  private final String image;
  private final Network network;
  private final String address;
  private Optional<NodeContainer> made = Optional.empty();

  ContainerPlace(String image, Network network, String address) {
    this.image = image;
    this.network = network;
    this.address = address;
  }

  @Override
  public String host() {
    return address;
  }

  /** All of its addresses: it has none while its line is cut. */
  @Override
  public String listens() {
    return "0.0.0.0";
  }

  @Override
  public int port(int usual) {
    return usual;
  }

  @Override
  public List<String> tharsis(List<String> words) {
    List<String> line = new ArrayList<>(List.of("docker", "exec", container(), "tharsis"));
    line.addAll(words);
    return line;
  }

  /** The id that the engine has given it. */
  String container() {
    return made.orElseThrow().getContainerId();
  }

  @Override
  public RunningNode start(Path data) throws IOException {
    if (made.isPresent()) {
      ContainerNode node = ContainerNode.attach(data, container());
      DockerClientFactory.lazyClient().startContainerCmd(container()).exec();
      return node;
    }
    NodeContainer container = new NodeContainer(image, data);
    Path work = Checkout.find().home().resolve("it/work");
    String user = Files.getAttribute(work, "unix:uid") + ":" + Files.getAttribute(work, "unix:gid");
    container
        .withImagePullPolicy(_ -> false)
        .withNetwork(network)
        .withCommand("tharsis", "node", "--data", data.toString())
        .withCreateContainerCmdModifier(command -> arrange(command, work, user));
    made = Optional.of(container);
    container.start();
    return container.node.orElseThrow();
  }

  private void arrange(CreateContainerCmd command, Path work, String user) {
    HostConfig host = Optional.ofNullable(command.getHostConfig()).orElseThrow();
    host.withBinds(new Bind(work.toString(), new Volume(work.toString())));
    command.withIpv4Address(address).withUser(user);
  }

  /** Ends and removes it. */
  void remove() {
    made.ifPresent(NodeContainer::stop);
  }

  /** One whose words are listened to before it says any. */
  private static final class NodeContainer extends GenericContainer<NodeContainer> {

    private final Path data;
    private Optional<ContainerNode> node = Optional.empty();

    NodeContainer(String image, Path data) {
      super(DockerImageName.parse(image));
      this.data = data;
    }

    @Override
    protected void containerIsCreated(String id) {
      node = Optional.of(ContainerNode.attach(data, id));
    }
  }
}
