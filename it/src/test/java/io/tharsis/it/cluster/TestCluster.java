package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A cluster of three nodes, each a process of its own: alpha, which is the primary of all
 * resources, beta and gamma. Owned by the thread that made it, as is its directory.
 */
final class TestCluster implements AutoCloseable {

  private static final Duration CATCH_UP = Duration.ofSeconds(90);

  private final Path directory;
  private final List<TestNode> nodes;

  private TestCluster(Path directory, List<TestNode> nodes) {
    this.directory = directory;
    this.nodes = nodes;
  }

  /**
   * Starts the nodes and joins them.
   *
   * @param name of its directory below {@code it/work}
   * @param places three of them
   * @param logSpace of one resource at each node
   */
  static TestCluster make(String name, List<Place> places, String logSpace) throws IOException {
    return make(name, places, logSpace, "");
  }

  /**
   * The same.
   *
   * @param more lines of each {@code node.toml}, tables of their own
   */
  static TestCluster make(String name, List<Place> places, String logSpace, String more)
      throws IOException {
    Path directory = Checkout.find().workDirectory(name);
    List<TestNode> nodes = new ArrayList<>();
    TestCluster cluster = new TestCluster(directory, nodes);
    try {
      for (Place place : places) {
        String node = List.of("alpha", "beta", "gamma").get(nodes.size());
        nodes.add(TestNode.begin(directory, node, place, logSpace, more));
      }
      cluster.join();
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** A cluster of three nodes here, and its resource that an initiator can use. */
  record Serving(TestCluster cluster, IscsiUrl lun) {}

  /**
   * Makes a cluster of three nodes here, and a resource with three replicas.
   *
   * @param name of its directory below {@code it/work}
   * @param logSpace of one resource at each node
   */
  static Serving serving(String name, String logSpace, String resource, String size)
      throws IOException {
    TestCluster cluster =
        make(name, List.of(HostPlace.HERE, HostPlace.HERE, HostPlace.HERE), logSpace);
    try {
      return new Serving(cluster, cluster.create(resource, size));
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void join() throws IOException {
    for (TestNode node : nodes) {
      node.awaitReady();
    }
    alpha().tell("create-cluster");
    alpha().invite(beta());
    alpha().invite(gamma());
  }

  TestNode alpha() {
    return nodes.get(0);
  }

  TestNode beta() {
    return nodes.get(1);
  }

  TestNode gamma() {
    return nodes.get(2);
  }

  List<TestNode> nodes() {
    return nodes;
  }

  List<TestNode> secondaries() {
    return nodes.subList(1, nodes.size());
  }

  /** One of {@link #secondaries}. */
  TestNode anySecondary(SplittableRandom random) {
    return secondaries().get(random.nextInt(secondaries().size()));
  }

  /** Makes a resource at alpha that the others have replicas of. */
  IscsiUrl create(String resource, String size) throws IOException {
    alpha().tell("create-resource", resource, alpha().disk(resource).toString(), "--size", size);
    for (TestNode node : secondaries()) {
      join(node, resource);
    }
    return alpha().awaitLun(resource);
  }

  /** Makes a resource at alpha of which beta has a replica; gamma has none. */
  IscsiUrl createPair(String resource, String size) throws IOException {
    alpha().tell("create-resource", resource, alpha().disk(resource).toString(), "--size", size);
    join(beta(), resource);
    return alpha().awaitLun(resource);
  }

  /** Makes a node a member of a resource, when it has heard of it. */
  void join(TestNode node, String resource) throws IOException {
    node.awaitShown(resource + ":");
    node.tell("join-resource", resource, node.disk(resource).toString());
  }

  /** Nobody writes: then every disk has to become like the primary's, byte for byte. */
  void awaitEqual(String resource) throws IOException {
    awaitEqualDisks(resource);
    for (TestNode node : secondaries()) {
      node.tell("wait-resource", resource, "uptodate");
    }
  }

  /** Has the nodes compare their disks themselves, which must find them equal. */
  void verify(String resource) throws IOException {
    assertThat(alpha().tell("verify", resource)).contains("all copies are equal");
  }

  private void awaitEqualDisks(String resource) throws IOException {
    for (TestNode node : secondaries()) {
      Condition.await(
          node.name() + "'s disk is like alpha's",
          CATCH_UP,
          () -> Files.mismatch(alpha().disk(resource), node.disk(resource)) == -1);
    }
  }

  /** The same for all resources there are, of which some are compared. */
  void awaitEqualAll(List<String> resources) throws IOException {
    for (String resource : resources) {
      awaitEqualDisks(resource);
    }
    for (TestNode node : secondaries()) {
      Condition.await("all of " + node.name() + " is up to date", CATCH_UP, () -> isUpToDate(node));
    }
  }

  private static boolean isUpToDate(TestNode node) throws IOException {
    return node.tell("view")
        .lines()
        .filter(line -> line.startsWith(node.name() + " ") && line.contains("Secondary"))
        .allMatch(line -> line.contains("UpToDate"));
  }

  /** Stops all nodes in order and removes what they have left. */
  void end() throws IOException {
    for (TestNode node : nodes) {
      node.stop();
    }
    close();
    Checkout.remove(directory);
  }

  @Override
  public void close() throws IOException {
    for (TestNode node : nodes) {
      node.close();
    }
  }
}
