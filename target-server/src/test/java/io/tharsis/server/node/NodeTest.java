package io.tharsis.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tharsis.logfiles.volume.ResourceState;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.server.ring.AppendMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole node in this process: starts, serves, stops, and starts again. */
class NodeTest {

  private static final long DISK_BYTES = 4 << 20;

  @TempDir private Path directory;

  private final Map<String, HostPort> ready = new ConcurrentHashMap<>();
  private final Map<String, IOException> failed = new ConcurrentHashMap<>();

  private final Node.Listener listener =
      new Node.Listener() {
        @Override
        public void ready(ResourceSpec resource, HostPort portal) {
          ready.put(resource.name(), portal);
        }

        @Override
        public void lost(ResourceSpec resource, String what) {
          throw new AssertionError(resource + ": " + what);
        }

        @Override
        public void failed(ResourceSpec resource, IOException cause) {
          failed.put(resource.name(), cause);
        }
      };

  private ResourceSpec resource(String name) {
    return new ResourceSpec(
        name, directory.resolve(name), OptionalLong.of(DISK_BYTES), WriteCache.DURABLE);
  }

  private NodeConfig config(ResourceSpec... resources) {
    return new NodeConfig(
        directory.resolve("data"),
        List.of(resources),
        new HostPort("127.0.0.1", 0),
        Optional.empty(),
        new NodeConfig.Methods(
            Optional.of(Transport.NIO), Duration.ZERO, Optional.of(AppendMethod.THREAD)),
        SmallLog.LIMITS);
  }

  private static NodeConfig with(NodeConfig config, Transport transport) {
    return new NodeConfig(
        config.data(),
        config.resources(),
        config.listen(),
        config.metrics(),
        new NodeConfig.Methods(
            Optional.of(transport), NodeConfig.Methods.IDLE_POLL, Optional.empty()),
        config.limits());
  }

  private static NodeConfig with(NodeConfig config, HostPort listen, Optional<HostPort> metrics) {
    return new NodeConfig(
        config.data(), config.resources(), listen, metrics, config.methods(), config.limits());
  }

  @ParameterizedTest
  @EnumSource
  void servesStopsAndServesAgain(Transport transport) throws IOException {
    assumeTrue(transport.unavailability().isEmpty(), "not on this host");
    NodeConfig config = with(config(resource("a"), resource("b")), transport);

    for (int start = 0; start < 2; start++) {
      try (Node node = Node.start(config, listener)) {
        assertThat(failed).isEmpty();
        assertThat(node.servedCount()).isEqualTo(2);
        assertThat(node.status("a").orElseThrow().state()).isEqualTo(new ResourceState.Serving());
        assertThat(node.status("none")).isEmpty();
        assertThat(ready.get("a")).isEqualTo(ready.get("b"));
        try (Socket initiator =
            new Socket(InetAddress.getLoopbackAddress(), ready.get("a").port())) {
          assertThat(initiator.isConnected()).isTrue();
        }
      }
    }
    assertThat(directory.resolve("a")).hasSize(DISK_BYTES);
    assertThat(directory.resolve("data/resource-a")).isDirectoryContaining("glob:**log-*");
    assertThat(directory.resolve("data")).isDirectoryNotContaining("glob:**append-probe*");
  }

  @Test
  void resourceThatFailsDoesNotKeepTheOthersFromBeingServed() throws IOException {
    Files.write(directory.resolve("bad"), new byte[512]);

    try (Node node = Node.start(config(resource("bad"), resource("good")), listener)) {
      assertThat(node.servedCount()).isEqualTo(1);
      assertThat(ready).containsOnlyKeys("good");
      assertThat(failed).containsOnlyKeys("bad");
    }
  }

  @Test
  void diskThatAnotherResourceHasOpenIsRefused() throws IOException {
    Files.createDirectory(directory.resolve("data2"));
    NodeConfig first = config(resource("a"));
    ResourceSpec thief =
        new ResourceSpec("thief", directory.resolve("a"), OptionalLong.empty(), WriteCache.FLUSH);

    try (Node node = Node.start(first, listener)) {
      NodeConfig second = config(thief);
      second =
          new NodeConfig(
              directory.resolve("data2"),
              second.resources(),
              second.listen(),
              second.metrics(),
              second.methods(),
              SmallLog.LIMITS);
      try (Node other = Node.start(second, listener)) {
        assertThat(other.servedCount()).isZero();
      }
      assertThat(failed.get("thief")).hasMessageContaining("already in use");
      assertThat(node.servedCount()).isOne();
    }
  }

  @Test
  void dataDirectoryIsOneNodes() throws IOException {
    try (Node node = Node.start(config(resource("a")), listener)) {
      RefusedException refused =
          catchThrowableOfType(
              RefusedException.class, () -> Node.start(config(resource("b")), listener).close());

      assertThat(refused.refusal().code()).isEqualTo("data-locked");
      assertThat(node.servedCount()).isOne();
    }
  }

  @Test
  void addressThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort port = new HostPort("127.0.0.1", taken.getLocalPort());
      HostPort free = new HostPort("127.0.0.1", 0);
      NodeConfig config = config(resource("a"));

      assertThat(refusal(with(config, port, Optional.empty()))).isEqualTo("cannot-listen");
      assertThat(refusal(with(config, free, Optional.of(port)))).isEqualTo("cannot-listen");
    }
    Node.start(config(resource("a")), listener).close();
  }

  private String refusal(NodeConfig config) {
    return catchThrowableOfType(RefusedException.class, () -> Node.start(config, listener).close())
        .refusal()
        .code();
  }

  @Test
  void metricsTellOfTheResource() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    NodeConfig config =
        with(
            config(resource("a")),
            new HostPort("127.0.0.1", 0),
            Optional.of(new HostPort("127.0.0.1", port)));

    try (Node node = Node.start(config, listener);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();

      assertThat(node.servedCount()).isOne();
      assertThat(body)
          .contains("tharsis_resource_state{resource=\"a\",state=\"serving\"} 1.0")
          .contains("tharsis_node_info{append=\"thread\",transport=\"nio\"} 1");
    }
  }

  @Test
  void closedNodeGivesNoAnswer() throws IOException {
    Node node = Node.start(config(resource("a")), listener);
    node.close();

    assertThat(node.status("a")).isEmpty();
  }

  @Test
  void nodeKeepsItsIdentity() throws IOException {
    Node.start(config(resource("a")), listener).close();
    Path file = directory.resolve("data/node-id");
    String first = Files.readString(file);
    Node.start(config(resource("a")), listener).close();

    assertThat(Files.readString(file)).isEqualTo(first);
    Files.writeString(file, "nonsense");
    assertThat(refusal(config(resource("a")))).isEqualTo("node-id-damaged");
  }
}
