package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.OnSplit;
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
import java.util.OptionalInt;
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
  private final ScenarioBranches branches;

  ScenarioEnd(
      ScenarioWorld world,
      ClusterScenario scenario,
      ScenarioOracles oracles,
      ScenarioOperator operator,
      ScenarioBranches branches) {
    this.world = world;
    this.branches = branches;
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
    elect();
    writers.forEach(writer -> writer.write(false));
    scenario.until("writers are quiet", () -> writers.stream().allMatch(ScenarioWriter::isQuiet));
    converge();
    scenario.until(
        "all nodes say the same", () -> sayings().values().stream().distinct().count() == 1);
    checkDeeds();
    checkRoles();
    verify();
    oracles.look();
    oracles.replicas().forEach(seen -> oracles.inspect(seen, true));
    checkEqual();
    scenario.until("all branches are shown", () -> branches.areShown(oracles.replicas()));
    branches.pass(scenario, oracles);
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

  // ---- roles ----

  /** Somebody is made the primary where nobody is; a split is ended in the later one's favour. */
  private void elect() {
    for (String resource : world.resources) {
      List<ScenarioOracles.Seen> all =
          oracles.replicas().stream()
              .filter(seen -> seen.deed().name().equals(resource))
              .filter(seen -> seen.deed().stage() == Deed.Stage.MEMBER)
              .toList();
      List<ScenarioOracles.Seen> primaries =
          all.stream().filter(seen -> seen.deed().isPrimary()).toList();
      if (primaries.isEmpty() && all.stream().anyMatch(this::isToEndByItself)) {
        scenario.until(
            "what was granted is taken: " + resource,
            () -> oracles.replicas().stream().noneMatch(this::isToEndByItself));
      } else if (primaries.isEmpty()) {
        promoteOne(all);
      } else if (primaries.size() == 1) {
        takeBack(all);
      } else {
        primaries.forEach(seen ->
            give(
                seen,
                new Command.SetPolicy(
                    resource, Optional.of(OnSplit.STOP_SERVING), OptionalInt.empty())));
      }
    }
  }

  /**
   * A primary that was told to go on when it is split does that, too, if the later one has given
   * the role up since. No primary is known then, and that one has to decide.
   */
  private void takeBack(List<ScenarioOracles.Seen> all) {
    all.stream()
        .filter(
            seen -> seen.deed().granted().filter(Deed.Transfer.Granted::isToAnybody).isPresent())
        .forEach(seen ->
            give(seen, new Command.Primary(seen.deed().name(), false, false, Optional.empty())));
  }

  /**
   * Whether it has granted its role to a member that is there as it was, so that nobody has to do
   * anything. Where a role was taken by force, or a node has lost what it knew, it may be in vain.
   */
  private boolean isToEndByItself(ScenarioOracles.Seen old) {
    boolean forced = world.life(old.deed()).filter(life -> life.ledger.isForced()).isPresent();
    return !forced
        && !world.surrendered.contains(old.deed().resource())
        && !world.excuses.mayMiss(old.node())
        && oracles.replicas().stream()
            .filter(next -> next.deed().resource().equals(old.deed().resource()))
            .filter(next -> next.deed().stage() == Deed.Stage.MEMBER && !next.deed().isPrimary())
            .filter(next -> !world.excuses.mayMiss(next.node()))
            .anyMatch(next ->
                old.deed()
                    .granted()
                    .filter(it -> it.node().equals(next.node().id()))
                    .filter(it -> it.membership().equals(next.deed().membership()))
                    .isPresent());
  }

  private void promoteOne(List<ScenarioOracles.Seen> all) {
    for (ScenarioOracles.Seen seen : all) {
      if (promoted(seen)) {
        return;
      }
    }
  }

  private boolean promoted(ScenarioOracles.Seen seen) {
    String resource = seen.deed().name();
    if (give(seen, new Command.Primary(resource, false, false, Optional.empty()))) {
      return true;
    }
    boolean mayForce = world.forcing || world.surrendered.contains(seen.deed().resource());
    return mayForce
        && world.random.chance(0.3)
        && give(seen, new Command.Primary(resource, true, true, Optional.empty()));
  }

  /** Whether it is done. */
  private boolean give(ScenarioOracles.Seen seen, Command.OnResource command) {
    if (!seen.node().isUp()) {
      return false;
    }
    var done = operator.give(seen.node(), command, DEADLINE);
    scenario.until("a verb ends", done::isDone);
    return done.failure().isEmpty();
  }

  private void checkRoles() {
    for (SimClusterNode node : world.nodes) {
      for (ResourceView resource : node.view().resources()) {
        for (ReplicaView one : resource.replicas()) {
          boolean primary =
              oracles.replicas().stream()
                  .anyMatch(seen ->
                      seen.node().name().equals(one.host())
                          && seen.deed().name().equals(resource.name())
                          && ScenarioRoles.isServing(seen));
          if (one.role().endsWith("Primary") != primary) {
            throw new Violation(
                "%s shows %s of %s as %s".formatted(node.name(), resource.name(), one.host(), one));
          }
        }
      }
    }
  }

  /** Log that goes nowhere is shown, and kept until somebody says that it is not wanted. */
  private void invalidateBranches() {
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      if (!seen.deed().isPrimary() && isServed(seen)) {
        scenario.until(
            "everybody knows whether %s has a branch".formatted(seen), () -> isKnownToAll(seen));
        if (isBranch(seen)) {
          world.counts.branches++;
          giveUp(seen);
        }
      }
    }
  }

  /** Where nobody is the primary nothing is a branch, or everything. */
  private boolean isServed(ScenarioOracles.Seen seen) {
    return oracles.replicas().stream()
        .filter(other -> other.deed().resource().equals(seen.deed().resource()))
        .anyMatch(ScenarioRoles::isServing);
  }

  /** That it has none is to be known, too. */
  private boolean isKnownToAll(ScenarioOracles.Seen seen) {
    boolean branch = !seen.deed().isPrimary() && isBranch(seen);
    return !isServed(seen)
        || world.nodes.stream().allMatch(node -> isShownAsBranch(node, seen) == branch);
  }

  /** The same branch can be given up again: who had it may have been the primary since. */
  private void giveUp(ScenarioOracles.Seen seen) {
    Command.OnResource giveUp = new Command.Invalidate(seen.deed().name(), true);
    if (!give(seen, giveUp)) {
      operator.deleteBranches(seen.node(), seen.deed().name(), DEADLINE);
      give(seen, giveUp);
    }
  }

  private static boolean isShownAsBranch(SimClusterNode at, ScenarioOracles.Seen seen) {
    return at.view().resources().stream()
        .filter(resource -> resource.id().equals(seen.deed().resource().toString()))
        .flatMap(resource -> resource.replicas().stream())
        .anyMatch(one -> one.host().equals(seen.node().name()) && one.disk().equals("Branch"));
  }

  private boolean isBranch(ScenarioOracles.Seen seen) {
    Optional<ReadableLog> log = seen.secondary().map(it -> it.resource().log());
    return log.isPresent()
        && oracles.replicas().stream()
            .filter(other -> other.deed().resource().equals(seen.deed().resource()))
            .filter(ScenarioRoles::isServing)
            .anyMatch(other ->
                world
                    .life(seen.deed())
                    .filter(life ->
                        life.ledger.isBranch(
                            lineage(seen), log.get().marks().durable(), lineage(other)))
                    .isPresent());
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
        deleteWhatIsLost();
        elect();
        invalidateBranches();
      }
    }
    throw new Violation("not all become equal: " + describe());
  }

  /**
   * Where an operator has given up the last consistent copy in so many words, what is left of the
   * others can be promoted by nobody, whatever is said: all that can be done is to delete it.
   */
  private void deleteWhatIsLost() {
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      if (world.surrendered.contains(seen.deed().resource()) && isLost(seen.deed().resource())) {
        give(seen, new Command.DeleteResource(seen.deed().name(), true, true));
      }
    }
  }

  private boolean isLost(UUID resource) {
    return oracles.replicas().stream()
        .filter(seen -> seen.deed().resource().equals(resource))
        .noneMatch(seen ->
            seen.deed().isPrimary()
                || seen.secondary().filter(it -> it.resource().isConsistent()).isPresent()
                || (seen.secondary().isEmpty() && seen.deed().stage() == Deed.Stage.MEMBER));
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
    boolean gone =
        oracles.replicas().stream().noneMatch(seen -> seen.deed().name().equals(resource.name()))
            && world.surrendered.contains(UUID.fromString(resource.id()));
    if (gone) {
      return true;
    }
    return !resource.replicas().isEmpty()
        && resource.replicas().stream().allMatch(one -> one.disk().equals("UpToDate"))
        && oracles.replicas().stream()
            .filter(seen -> seen.deed().name().equals(resource.name()))
            .allMatch(this::isCurrent)
        && oracles.replicas().stream()
            .filter(seen -> seen.deed().name().equals(resource.name()))
            .allMatch(seen -> seen.deed().transfer().isEmpty());
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
        boolean deed =
            ScenarioOperator.deed(node, resource).filter(it -> !it.isClient()).isPresent();
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
    world.lives.keySet().forEach(this::checkLife);
  }

  private void checkLife(UUID id) {
    Optional<ScenarioOracles.Seen> primary =
        oracles.replicas().stream()
            .filter(seen -> seen.deed().isPrimary() && seen.deed().resource().equals(id))
            .findFirst();
    if (primary.isEmpty() && !world.deleting.contains(id) && !world.surrendered.contains(id)) {
      throw new Violation("resource " + id + " was made, and is gone");
    }
    if (primary.isEmpty()) {
      return;
    }
    document(primary.get().node(), id)
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
                "%s lists %s, which has no such deed".formatted(primary.get(), member));
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
                      .objection(here, Optional.of(lineage(seen)), Long.MAX_VALUE)
                      .map(why -> seen + ": " + why)));
    }
  }

  private static Lineage lineage(ScenarioOracles.Seen seen) {
    return seen.lineage().orElseThrow();
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
