package io.tharsis.it.bench;

import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A cluster of a primary with one resource and, when it was asked for, a secondary. Owned by the
 * benchmark's thread; closing it ends the nodes.
 */
final class BenchPair implements AutoCloseable {

  static final String RESOURCE = "r";
  private static final Duration SETTLE_LIMIT = Duration.ofMinutes(5);
  private static final Duration STEP = Duration.ofMillis(10);

  private final Site site;
  private final BenchNode primary;
  private Optional<BenchNode> secondary = Optional.empty();

  private BenchPair(Site site, BenchNode primary) {
    this.site = site;
    this.primary = primary;
  }

  /**
   * Where a cluster lives.
   *
   * @param launcher {@code ./tharsis}
   * @param directory of its own; made if need be
   * @param diskBytes of the resource
   * @param settings of both nodes
   * @param found where nodes find each other
   */
  record Site(
      Path launcher,
      Path directory,
      long diskBytes,
      BenchNode.Settings settings,
      BenchNode.Found found) {

    BenchNode node(String name) throws IOException {
      return BenchNode.start(launcher, directory, name, settings, found);
    }
  }

  /** A primary with a fully written disk. */
  static BenchPair alone(Site site) throws IOException {
    Files.createDirectories(site.directory());
    BenchNode primary = site.node("primary");
    BenchPair pair = new BenchPair(site, primary);
    try {
      DiskFile.write(primary.disk(), site.diskBytes());
      primary.tell("create-cluster", Map.of());
      primary.tell(
          "create-resource",
          Map.of(
              "resource",
              RESOURCE,
              "disk",
              primary.disk().toString(),
              "sizeBytes",
              site.diskBytes(),
              "writeCache",
              "durable"));
      IscsiUrl _ = primary.awaitLun();
      return pair;
    } catch (IOException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /** The same with a secondary that is caught up. */
  static BenchPair together(Site site) throws IOException {
    BenchPair pair = alone(site);
    try {
      pair.addNode();
      pair.join();
      pair.awaitCaughtUp();
      return pair;
    } catch (IOException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /** A primary, and a second node that serves its resource without a replica. */
  static BenchPair served(Site site) throws IOException {
    BenchPair pair = alone(site);
    try {
      pair.addNode();
      pair.tellSecondary("attach-client");
      return pair;
    } catch (IOException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /** Brings a second node into the cluster, which has no replica yet. */
  void addNode() throws IOException {
    BenchNode other = site.node("secondary");
    secondary = Optional.of(other);
    other.tell(
        "join-cluster",
        Map.of("peer", primary.peersAddress(), "token", primary.admin().joinToken()));
    boolean known = Loopback.await(SETTLE_LIMIT, () -> other.admin().knows(RESOURCE));
    if (!known) {
      throw new IOException("the second node hears of no resource");
    }
  }

  /** Gives the second node a replica; returns when its sync has begun. */
  void join() throws IOException {
    tellSecondary("join-resource", Map.of("disk", secondary().disk().toString()));
  }

  /** Takes the second node's replica away; its disk stays. */
  void leaveDisk() throws IOException {
    tellSecondary("leave-resource", Map.of("acceptLoss", true));
  }

  /** Takes the second node's replica away, and its disk. */
  void leave() throws IOException {
    leaveDisk();
    Files.deleteIfExists(secondary().disk());
  }

  /** A verb about the resource at the second node. */
  void tellSecondary(String verb) throws IOException {
    tellSecondary(verb, Map.of());
  }

  private void tellSecondary(String verb, Map<String, Object> fields) throws IOException {
    Map<String, Object> all = new TreeMap<>(fields);
    all.put("resource", RESOURCE);
    secondary().tell(verb, all);
  }

  /** Ends the second node. */
  void stopSecondary() {
    secondary().close();
  }

  BenchNode primary() {
    return primary;
  }

  BenchNode secondary() {
    return secondary.orElseThrow(() -> new IllegalStateException("there is no second node"));
  }

  /** The primary, as {@link Stopwatch} wants it. */
  Peer.Running target() throws IOException {
    return new Peer.Running(primary.awaitLun(), primary.child());
  }

  /** The second node, which serves too. */
  Peer.Running forwarding() throws IOException {
    return new Peer.Running(secondary().awaitLun(), secondary().child());
  }

  /** Waits until the primary's disk has everything that is in its log. */
  void awaitApplied() throws IOException {
    await(
        "the primary's disk has all",
        () -> {
          AdminClient.Replica now = primary.replica();
          return now.checkpointLsn() >= now.durableLsn();
        });
  }

  /** Waits until the secondary's log has what the primary's log had at the beginning. */
  void awaitFetched() throws IOException {
    long goal = primary.replica().durableLsn();
    await("the secondary's log has all", () -> secondary().replica().durableLsn() >= goal);
  }

  /** Waits until the secondary's disk is what the primary had acknowledged at the beginning. */
  void awaitCaughtUp() throws IOException {
    long goal = primary.replica().durableLsn();
    await(
        "the secondary's disk has all",
        () -> {
          AdminClient.Replica now = secondary().replica();
          return now.isConsistent() && now.checkpointLsn() >= goal;
        });
  }

  /**
   * The same of a secondary that cannot go on with its log and is synced.
   *
   * @throws IOException where it went on with its log after all
   */
  void awaitSyncedAnew() throws IOException {
    long goal = primary.replica().durableLsn();
    AtomicBoolean begun = new AtomicBoolean();
    await(
        "the secondary is synced",
        () -> {
          AdminClient.Replica now = secondary().replica();
          begun.compareAndSet(false, now.disk().equals("InConsistent"));
          return now.isConsistent() && now.checkpointLsn() >= goal;
        });
    if (!begun.get()) {
      throw new IOException("the secondary was not given up: it went on with its log");
    }
  }

  /** Waits until both logs have the same; whoever is the primary. */
  void awaitEven() throws IOException {
    await(
        "both logs have the same",
        () -> primary.replica().durableLsn() == secondary().replica().durableLsn());
  }

  private static void await(String what, Loopback.Condition condition) throws IOException {
    long deadline = System.nanoTime() + SETTLE_LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("waited for so long as " + SETTLE_LIMIT + ": " + what);
      }
      Loopback.pause(STEP);
    }
  }

  @Override
  public void close() {
    secondary.ifPresent(BenchNode::close);
    primary.close();
  }
}
