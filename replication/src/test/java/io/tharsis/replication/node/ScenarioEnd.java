package io.tharsis.replication.node;

import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.ResourceDocument;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Everything is mended: all must become as if nothing had been, within a bounded time. */
final class ScenarioEnd {

  private static final int REMEDY_ROUNDS = 60;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final ScenarioWorld world;
  private final ClusterScenario scenario;
  private final ScenarioOracles oracles;
  private final ScenarioOperator operator;

  ScenarioEnd(
      ScenarioWorld world,
      ClusterScenario scenario,
      ScenarioOracles oracles,
      ScenarioOperator operator) {
    this.world = world;
    this.scenario = scenario;
    this.oracles = oracles;
    this.operator = operator;
  }

  void run(ScenarioTrouble trouble, List<ScenarioWriter> writers) {
    trouble.heal();
    writers.forEach(writer -> writer.hurry(false));
    scenario.until("all nodes are up", () -> world.nodes.stream().allMatch(SimClusterNode::isUp));
    scenario.until("all nodes meet", this::allLinked);
    scenario.runFor(Duration.ofSeconds(3));
    switchOn();
    leaveWhereNoMember();
    writers.forEach(writer -> writer.write(false));
    scenario.until("writers are quiet", () -> writers.stream().allMatch(ScenarioWriter::isQuiet));
    converge();
    scenario.until(
        "all nodes say the same", () -> sayings().values().stream().distinct().count() == 1);
    checkDeeds();
    verify();
    oracles.look();
    oracles.replicas().forEach(seen -> oracles.inspect(seen, true));
    checkEqual();
  }

  private boolean allLinked() {
    return world.nodes.stream()
        .allMatch(node ->
            node.view().nodes().stream().filter(it -> it.linked()).count() == world.nodes.size());
  }

  private void switchOn() {
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      Command.OnResource up = new Command.Turn(seen.deed().name(), SwitchVerb.UP);
      var done = operator.give(seen.node(), up, DEADLINE);
      scenario.until("a verb ends", done::isDone);
    }
  }

  /** All copies are compared; a connection that was dead may be noticed late. */
  private void verify() {
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      if (seen.deed().isPrimary()) {
        scenario.until("copies of " + seen + " are found equal", () -> isVerified(seen));
      }
    }
  }

  private boolean isVerified(ScenarioOracles.Seen seen) {
    Command.OnResource verify = new Command.Verify(seen.deed().name(), false);
    var done = operator.give(seen.node(), verify, DEADLINE);
    scenario.until("a verb ends", done::isDone);
    return done.failure().isEmpty()
        && done.value() instanceof Outcome.Verified verified
        && verified.equal();
  }

  /** Who was dismissed while it was away notices, and an operator has to end it. */
  private void leaveWhereNoMember() {
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      if (!seen.deed().isPrimary() && isNotListed(seen)) {
        Command.OnResource leave =
            new Command.LeaveResource(seen.deed().name(), Optional.empty(), true);
        var done = operator.give(seen.node(), leave, DEADLINE);
        scenario.until("a verb ends", done::isDone);
      }
    }
  }

  private static Optional<ResourceDocument> document(SimClusterNode node, UUID resource) {
    var branches = node.node().orElseThrow().directory().view().branches(resource);
    return branches.isEmpty() ? Optional.empty() : Optional.of(branches.getLast().content());
  }

  private static boolean isNotListed(ScenarioOracles.Seen seen) {
    return document(seen.node(), seen.deed().resource())
        .flatMap(content -> content.member(seen.node().id()))
        .isEmpty();
  }

  // ---- all become equal ----

  private void converge() {
    for (int round = 0; round < 1200; round++) {
      if (world.nodes.stream().allMatch(this::seesAllWell)) {
        return;
      }
      scenario.runFor(Duration.ofMillis(250));
      if (round % REMEDY_ROUNDS == REMEDY_ROUNDS - 1) {
        invalidateWhatIsExcused();
        leaveWhereNoMember();
      }
    }
    throw new Violation("not all become equal: " + describe());
  }

  /** What an operator has to do where a refusal is right. */
  private void invalidateWhatIsExcused() {
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      boolean excused =
          seen.tenancy()
              .trouble()
              .filter(why -> world.excuses.excuse(seen.node(), why.code()))
              .isPresent();
      if (excused && !seen.deed().isPrimary()) {
        world.counts.remedies++;
        Command.OnResource anew = new Command.Invalidate(seen.deed().name(), true);
        var done = operator.give(seen.node(), anew, DEADLINE);
        scenario.until("a verb ends", done::isDone);
      }
    }
  }

  private boolean seesAllWell(SimClusterNode node) {
    return node.view().resources().stream().allMatch(this::isWell);
  }

  private boolean isWell(ResourceView resource) {
    return !resource.replicas().isEmpty()
        && resource.replicas().stream().allMatch(one -> one.disk().equals("UpToDate"))
        && oracles.replicas().stream()
            .filter(seen -> seen.deed().name().equals(resource.name()))
            .allMatch(this::isCurrent);
  }

  /** Not only told: so. */
  private boolean isCurrent(ScenarioOracles.Seen seen) {
    Optional<Long> end =
        oracles.replicas().stream()
            .filter(other -> other.deed().resource().equals(seen.deed().resource()))
            .flatMap(other -> other.primary().stream())
            .map(it -> it.resource().readableLog().marks().durable())
            .findFirst();
    Optional<ReadableLog> log =
        seen.secondary()
            .map(it -> (ReadableLog) it.resource().log())
            .or(() -> seen.primary().map(it -> it.resource().readableLog()));
    return log.filter(it -> end.isPresent() && it.marks().checkpoint() == end.get()).isPresent();
  }

  private String describe() {
    StringBuilder words = new StringBuilder();
    for (SimClusterNode node : world.nodes) {
      words.append("\n").append(node.name()).append(" sees:");
      for (ResourceView resource : node.view().resources()) {
        words.append("\n  ").append(resource.name()).append(" ").append(resource.alarms());
        for (ReplicaView one : resource.replicas()) {
          words.append("\n    ").append(one);
        }
      }
    }
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      words.append("\n").append(seen).append(": ").append(seen.deed());
      words.append(" ").append(seen.tenancy().trouble());
      seen.primary().ifPresent(it -> words.append(" needed ").append(it.needed()));
      seen.secondary()
          .ifPresent(it -> words.append(" ").append(it.fetching()).append(it.syncing()));
    }
    return words.toString();
  }

  // ---- what is left ----

  /** What each node says of resources, replicas and nodes, without what is only how it is going. */
  private Map<String, String> sayings() {
    Map<String, String> all = new TreeMap<>();
    for (SimClusterNode node : world.nodes) {
      var view = node.node().orElseThrow().directory().view();
      StringBuilder words = new StringBuilder();
      view.nodes().forEach(it -> words.append(it.key()).append(it.version()).append("\n"));
      for (UUID id : view.resources()) {
        view.branches(id)
            .forEach(it -> {
              words.append(it.key()).append(it.version()).append(it.content()).append("\n");
              view.members(it)
                  .forEach(one ->
                      words
                          .append(one.member())
                          .append(one.replica().map(said -> said.version()))
                          .append("\n"));
            });
      }
      world.lives.keySet().forEach(id -> words.append(view.deletion(Key.resource(id)).isPresent()));
      all.put(node.name(), words.toString());
    }
    return all;
  }

  private void checkDeeds() {
    for (SimClusterNode node : world.nodes) {
      for (String resource : world.resources) {
        boolean files = !SimPremises.directory(node.host(), resource).files().isEmpty();
        boolean deed = ScenarioOperator.deed(node, resource).isPresent();
        if (files != deed) {
          throw new Violation(
              "%s at %s: %s"
                  .formatted(
                      resource, node.name(), deed ? "a deed without log" : "log without a deed"));
        }
      }
    }
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      if (world.deleted.contains(seen.deed().resource())) {
        throw new Violation(seen + " was deleted, and is back");
      }
      if (isNotListed(seen)) {
        throw new Violation(seen + " is no member, and is there");
      }
    }
    world.lives.forEach(this::checkLife);
  }

  private void checkLife(UUID id, ScenarioWorld.Life life) {
    Optional<Deed> deed =
        oracles.replicas().stream()
            .filter(seen -> seen.node() == life.home)
            .map(ScenarioOracles.Seen::deed)
            .filter(it -> it.resource().equals(id))
            .findFirst();
    if (deed.isEmpty() && !world.deleting.contains(id)) {
      throw new Violation("resource " + id + " was made at " + life.home.name() + ", and is gone");
    }
    if (deed.isEmpty()) {
      return;
    }
    document(life.home, id)
        .orElseThrow()
        .members()
        .forEach(member -> {
          boolean kept =
              oracles.replicas().stream()
                  .anyMatch(seen ->
                      seen.node().id().equals(member.node())
                          && seen.deed().resource().equals(id)
                          && seen.deed().membership().equals(member.membership()));
          if (!kept) {
            throw new Violation(
                "%s lists %s, which has no such deed".formatted(deed.get().name(), member));
          }
        });
  }

  private void checkEqual() {
    Map<UUID, long[]> contents = new TreeMap<>();
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      long[] here = content(seen);
      long[] there = contents.computeIfAbsent(seen.deed().resource(), any -> here);
      if (!Arrays.equals(here, there)) {
        throw new Violation(
            seen + " differs from another copy: cell " + Arrays.mismatch(here, there));
      }
      world
          .life(seen.deed())
          .ifPresent(life ->
              ScenarioWorld.violatedIf(
                  life.ledger
                      .objection(here, life.ledger.acknowledged())
                      .map(why -> seen + ": " + why)));
    }
  }

  private static long[] content(ScenarioOracles.Seen seen) {
    byte[] bytes =
        seen.node()
            .host()
            .disk(seen.deed().holding().disk(), Cells.VOLUME_BYTES)
            .peek(new Range(0, Cells.VOLUME_BYTES));
    return Cells.stamps(ByteBuffer.wrap(bytes));
  }
}
