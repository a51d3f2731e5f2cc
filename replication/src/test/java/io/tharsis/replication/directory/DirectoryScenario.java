package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One life of a cluster of directories: two to five nodes that say things, promote, split, delete,
 * lose links, die, lose files, and come back from old backups. Then all is well again, and within a
 * minute of virtual time every directory must be the same, and hold the newest of every writer.
 */
final class DirectoryScenario {

  /** How a life ended. */
  record Result(long eventHash, long events, int documents, int deleted, int crashes) {}

  private static final Duration STEP = Duration.ofMillis(200);
  private static final int STEPS = 300;

  private final Simulation simulation;
  private final SimRandom random;
  private final TestNet net;
  private final List<TestNode> nodes = new ArrayList<>();

  /** What a node was seen to hold, and may lose only with its files. */
  private final TreeMap<UUID, TreeMap<Line, Document>> seen = new TreeMap<>();

  private final TreeMap<UUID, String> lastWords = new TreeMap<>();
  private final TreeSet<UUID> forgetful = new TreeSet<>();
  private final TreeMap<UUID, Duration> jumped = new TreeMap<>();
  private final List<UUID> resources = new ArrayList<>();
  private final List<Backup> backups = new ArrayList<>();
  private final TreeSet<Key> deleted = new TreeSet<>();
  private int sequence;
  private int crashes;

  private record Backup(TestNode node, Map<String, byte[]> files) {}

  private DirectoryScenario(long seed) {
    simulation = new Simulation(seed);
    random = simulation.random("scenario");
    net = new TestNet(simulation);
    for (int i = 2 + random.below(4); i > 0; i--) {
      TestNode node = new TestNode(simulation, "n" + i, new UUID(1, i));
      nodes.add(node);
      seen.put(node.id(), new TreeMap<>());
    }
  }

  static Result run(long seed) {
    return new DirectoryScenario(seed).run();
  }

  private Result run() {
    nodes.forEach(this::start);
    for (int step = 0; step < STEPS; step++) {
      simulation.runFor(STEP);
      remember();
      act();
    }
    heal();
    simulation.runFor(Duration.ofSeconds(40));
    // What was stamped by a clock that was ahead comes right only where its writer hears of it.
    connectAll();
    simulation.runFor(Duration.ofSeconds(20));
    remember();
    judge();
    Map<Line, Digest> end = nodes.getFirst().digests();
    end.values().forEach(digest -> simulation.observe("end", digest.a()));
    return new Result(
        simulation.eventHash(), simulation.steps(), end.size(), deleted.size(), crashes);
  }

  private void act() {
    TestNode node = nodes.get(random.below(nodes.size()));
    switch (random.below(20)) {
      case 0, 1, 2, 3 -> say(node);
      case 4, 5, 6 -> sayReplica(node);
      case 7 -> create(node);
      case 8, 9 -> lead(node, false);
      case 10 -> lead(node, true);
      case 11 -> resolve(node);
      case 12 -> delete(node);
      case 13, 14, 15 -> link(node);
      case 16 -> fault(node);
      case 17 -> crash(node);
      case 18 -> backUpOrRestore(node);
      default -> jump(node, Duration.ofSeconds(random.between(-120, 120)));
    }
  }

  /** A clock that is set wrong; in the end all are right again. */
  private void jump(TestNode node, Duration by) {
    jumped.merge(node.id(), by, Duration::plus);
    node.host().jumpWallClock(by);
  }

  private void start(TestNode node) {
    node.start(() -> {
      if (node.remarks().stream().anyMatch(r -> r.kind() == Remark.Kind.UNREADABLE)) {
        loses(node);
      }
      remembered(node);
      say(node);
    });
  }

  private void say(TestNode node) {
    String words = "words " + ++sequence;
    node.run(() ->
        node.directory()
            .writeNode(
                new NodeDocument(
                    node.host().name(),
                    node.directory().self().incarnation(),
                    List.of(),
                    new NodeDocument.Versions(words, 1, 1),
                    List.of()))
            .observe(
                version -> lastWords.put(node.id(), words),
                // what failed may or may not be what is found after a crash
                cause -> forgetful.add(node.id())));
  }

  private Optional<UUID> anyResource() {
    return resources.isEmpty()
        ? Optional.empty()
        : Optional.of(resources.get(random.below(resources.size())));
  }

  private void sayReplica(TestNode node) {
    int lsn = ++sequence;
    anyResource()
        .ifPresent(resource ->
            node.run(() ->
                node.directory()
                    .writeReplica(resource, Samples.replica(new UUID(7, lsn % 3), lsn))
                    .observe(version -> {}, cause -> {})));
  }

  private void create(TestNode node) {
    if (resources.size() < 6) {
      UUID resource = new UUID(5, resources.size());
      resources.add(resource);
      write(node, resource, new Authority(new EpochRef(1, epochId()), List.of(), false));
    }
  }

  private UUID epochId() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private void write(TestNode node, UUID resource, Authority by) {
    node.run(() ->
        node.directory()
            .writeResource(resource, by, Samples.resource(node.id(), new UUID(9, ++sequence)))
            .observe(version -> {}, cause -> {}));
  }

  /** The node goes on in an epoch of its own, or takes one over, perhaps though it may not. */
  private void lead(TestNode node, boolean takeOver) {
    if (!node.isUp()) {
      return;
    }
    Optional<UUID> resource = anyResource();
    if (resource.isEmpty()) {
      return;
    }
    List<Held> branches = List.copyOf(node.directory().holdings().of(Key.resource(resource.get())));
    if (branches.isEmpty() || branches.getFirst().document().deleted()) {
      return;
    }
    Document branch = branches.get(random.below(branches.size())).document();
    boolean ours = branch.origin().node().equals(node.id());
    if (ours && !takeOver) {
      write(
          node, resource.get(), new Authority(branch.version().epoch(), branch.continues(), true));
    } else if (takeOver) {
      List<EpochRef> continues = new ArrayList<>(branch.continues());
      continues.add(branch.version().epoch());
      EpochRef next = new EpochRef(branch.version().epoch().number() + 1, epochId());
      write(node, resource.get(), new Authority(next, continues, true));
    }
  }

  /** An operator has chosen: an epoch above all branches that the node knows overrules them. */
  private void resolve(TestNode node) {
    Optional<UUID> resource = anyResource().filter(any -> node.isUp());
    if (resource.isEmpty()) {
      return;
    }
    TreeSet<EpochRef> all = new TreeSet<>();
    for (Held branch : node.directory().holdings().of(Key.resource(resource.get()))) {
      all.addAll(branch.document().continues());
      all.add(branch.document().version().epoch());
    }
    if (all.size() > 1) {
      EpochRef next = new EpochRef(all.last().number() + 1, epochId());
      write(node, resource.get(), new Authority(next, List.copyOf(all), false));
    }
  }

  private void delete(TestNode node) {
    if (random.chance(0.7) || !node.isUp()) {
      return;
    }
    anyResource()
        .map(Key::resource)
        .ifPresent(key ->
            node.run(() ->
                node.directory()
                    .delete(key, "mail")
                    .observe(version -> deleted.add(key), cause -> {})));
  }

  private void link(TestNode node) {
    TestNode other = nodes.get(random.below(nodes.size()));
    if (other == node) {
      return;
    }
    if (net.isConnected(node, other) || !node.isUp() || !other.isUp()) {
      net.cut(node, other);
    } else {
      net.connect(node, other);
    }
  }

  private void fault(TestNode node) {
    Fault[] entries = {
      Fault.OPEN_ERROR,
      Fault.CREATE_ERROR,
      Fault.DELETE_ERROR,
      Fault.DIRECTORY_SYNC_ERROR,
      Fault.SLOW
    };
    Fault[] contents = {Fault.WRITE_ERROR, Fault.SYNC_ERROR, Fault.SLOW};
    node.files().faults().next(entries[random.below(entries.length)], 1 + random.below(3));
    List<String> files = node.files().files();
    if (!files.isEmpty()) {
      String file = files.get(random.below(files.size()));
      node.files().medium(file).faults().next(contents[random.below(contents.length)]);
    }
  }

  private void crash(TestNode node) {
    crashes++;
    // it dies somewhere in the middle of writing
    say(node);
    sayReplica(node);
    simulation.runSteps(random.below(60));
    remember();
    net.isolate(node, nodes);
    node.crash(random.chance(0.5));
    if (random.chance(0.2)) {
      rot(node);
    }
    simulation.schedule(
        Duration.ofMillis(random.between(0, 5_000)), "start", () -> startIfDown(node));
  }

  private void startIfDown(TestNode node) {
    if (!node.isUp()) {
      start(node);
    }
  }

  private void rot(TestNode node) {
    List<String> files = node.files().files();
    for (int i = random.below(3); i > 0 && !files.isEmpty(); i--) {
      String file = files.get(random.below(files.size()));
      node.files().medium(file).rot(new Range(0, node.files().medium(file).sizeBytes()));
      loses(node);
    }
  }

  /** From now on the node may hold older versions than it did. */
  private void loses(TestNode node) {
    seen.get(node.id()).clear();
    forgetful.add(node.id());
  }

  private void backUpOrRestore(TestNode node) {
    if (!node.isUp() || random.chance(0.5) || backups.isEmpty()) {
      if (node.isUp()) {
        backups.add(new Backup(node, node.backup()));
      }
      return;
    }
    Backup backup = backups.remove(random.below(backups.size()));
    TestNode victim = backup.node();
    net.isolate(victim, nodes);
    victim.crash(true);
    loses(victim);
    victim.restore(backup.files(), () -> startIfDown(victim));
  }

  /** Everything a node holds it must go on holding, in that version or a later one. */
  private void remember() {
    nodes.stream().filter(TestNode::isUp).forEach(this::remembered);
  }

  private void remembered(TestNode node) {
    Holdings holdings = node.directory().holdings();
    for (Document document : seen.get(node.id()).values()) {
      assertThat(covers(holdings, document))
          .as(
              "seed %d: %s has lost %s, has %s, %s",
              simulation.seed(), node, document, holdings.of(document.key()), node.remarks())
          .isTrue();
    }
    TreeMap<Line, Document> now = new TreeMap<>();
    holdings.all().forEach(held -> now.put(held.line(), held.document()));
    seen.put(node.id(), now);
  }

  private static boolean covers(Holdings holdings, Document document) {
    if (holdings.isDeleted(document.key())) {
      return true;
    }
    Optional<Held> present = holdings.find(document.line());
    if (present.isPresent()) {
      Document found = present.get().document();
      return !document.deleted() && found.version().compareTo(document.version()) >= 0;
    }
    return holdings.of(document.key()).stream()
        .anyMatch(held -> held.document().supersedes(document));
  }

  private void heal() {
    nodes.forEach(node -> {
      node.host().jumpWallClock(jumped.getOrDefault(node.id(), Duration.ZERO).negated());
      node.files().faults().heal();
      node.files().files().forEach(file -> node.files().medium(file).faults().heal());
    });
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = 0; j < i; j++) {
        net.cut(nodes.get(i), nodes.get(j));
      }
    }
    simulation.runUntil(
        () -> {
          nodes.forEach(node -> node.files().faults().heal());
          return nodes.stream().allMatch(TestNode::isUp);
        },
        1_000_000);
    // a chain: what the ends know must pass through those between
    for (int i = 1; i < nodes.size(); i++) {
      net.connect(nodes.get(i - 1), nodes.get(i));
    }
  }

  private void connectAll() {
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!net.isConnected(nodes.get(i), nodes.get(j))) {
          net.connect(nodes.get(i), nodes.get(j));
        }
      }
    }
  }

  private void judge() {
    Map<Line, Digest> expected = nodes.getFirst().digests();
    for (TestNode node : nodes) {
      assertThat(documents(node))
          .as("seed %d: %s against %s", simulation.seed(), node, nodes.getFirst())
          .isEqualTo(documents(nodes.getFirst()));
      assertThat(node.directory().alarms().stream().filter(DirectoryScenario::isFatal).toList())
          .as("seed %d: %s", simulation.seed(), node)
          .isEmpty();
      long unread = node.remarks().stream().filter(r -> r.kind() == Remark.Kind.UNREADABLE).count();
      assertThat(node.files().files().stream().filter(f -> f.startsWith(Shelf.PREFIX)).count())
          .as("seed %d: files of %s", simulation.seed(), node)
          .isBetween((long) expected.size(), expected.size() + unread);
    }
    Holdings holdings = nodes.getFirst().directory().holdings();
    for (Map<Line, Document> remembered : seen.values()) {
      remembered
          .values()
          .forEach(document ->
              assertThat(covers(holdings, document))
                  .as("seed %d: lost %s", simulation.seed(), document)
                  .isTrue());
    }
    Views view = nodes.getFirst().directory().view();
    for (TestNode node : nodes) {
      if (!forgetful.contains(node.id())) {
        assertThat(view.node(node.id()).orElseThrow().content().versions().program())
            .as("seed %d: last words of %s", simulation.seed(), node)
            .isEqualTo(lastWords.get(node.id()));
      }
    }
  }

  private static List<String> documents(TestNode node) {
    return node.directory().holdings().all().stream()
        .map(held ->
            held.line()
                + " "
                + held.document().version()
                + " at "
                + held.stamp()
                + " "
                + held.digest())
        .toList();
  }

  private static boolean isFatal(Alarm alarm) {
    return alarm instanceof Alarm.Copied
        || alarm instanceof Alarm.Nonsense
        || alarm instanceof Alarm.Full;
  }
}
