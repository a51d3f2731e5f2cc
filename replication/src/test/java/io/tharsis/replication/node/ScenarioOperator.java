package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.directory.Key;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;

/** Gives verbs to nodes, sensible ones and others, and holds them to what they promise. */
final class ScenarioOperator {

  static final int MOST_BRANCH_DAYS = 3;

  private static final long SLACK_NANOS = 500_000_000;
  private static final long TRYING_NANOS = 60_000_000_000L;
  private static final long MOVING_NANOS = 100_000_000;

  private final ScenarioWorld world;
  private final SimRandom random;
  private final List<Verb> running = new ArrayList<>();
  private final Map<String, Long> lastPromotion = new TreeMap<>();

  /** A verb that has been given. */
  private static final class Verb {
    private final SimClusterNode node;
    private final int incarnation;
    private final Command.OnResource command;
    private final long endNanos;
    private final Optional<UUID> about;
    private final Async<Outcome> outcome;

    /** Another verb about the same replica was under way meanwhile, and may have undone it. */
    private boolean contested;

    Verb(
        SimClusterNode node,
        Command.OnResource command,
        long endNanos,
        Optional<UUID> about,
        Async<Outcome> outcome) {
      this.node = node;
      this.incarnation = node.host().incarnation();
      this.command = command;
      this.endNanos = endNanos;
      this.about = about;
      this.outcome = outcome;
    }

    boolean isBeside(Verb other) {
      boolean near = node == other.node || (isRole() && other.isRole());
      return near && command.resource().equals(other.command.resource());
    }

    private boolean isRole() {
      return command instanceof Command.Primary || command instanceof Command.Secondary;
    }

    boolean isAlive() {
      return node.host().incarnation() == incarnation;
    }

    @Override
    public String toString() {
      return command + " on " + node.name();
    }
  }

  ScenarioOperator(ScenarioWorld world) {
    this.world = world;
    this.random = world.simulation.random("operator");
  }

  // ---- which ----

  /** Some verb for some node. */
  void act() {
    SimClusterNode node = world.anyNode();
    if (node.isUp()) {
      String resource = world.anyResource();
      give(node, command(node, resource), deadline());
    }
  }

  /** Gives all branches up that a node keeps. */
  void deleteBranches(SimClusterNode node, String resource, Duration deadline) {
    for (String name : ScenarioBranches.kept(node, resource)) {
      give(node, new Command.DeleteBranch(resource, name), deadline);
    }
  }

  /** One that is kept there, or was, or never. */
  private String branch(SimClusterNode node, String resource) {
    List<String> kept = List.copyOf(ScenarioBranches.kept(node, resource));
    return kept.isEmpty() ? "branch-01234567-4096" : kept.get(random.below(kept.size()));
  }

  /** A follower is made the primary without asking anybody. */
  void force(String resource) {
    List<SimClusterNode> followers = followers(resource);
    if (!followers.isEmpty()) {
      SimClusterNode node = followers.get(random.below(followers.size()));
      if (!isUnfit(node)) {
        give(node, forced(resource), deadline());
      }
    }
  }

  private Command.OnResource forced(String resource) {
    return new Command.Primary(resource, true, random.chance(0.8), Optional.empty());
  }

  private List<SimClusterNode> followers(String resource) {
    return world.nodes.stream()
        .filter(one ->
            deed(one, resource)
                .filter(it -> !it.isPrimary() && it.stage() == Deed.Stage.MEMBER)
                .isPresent())
        .toList();
  }

  /** Some verb about roles, mostly where it can be done. */
  void move() {
    String resource = world.anyResource();
    List<SimClusterNode> followers = followers(resource);
    SimClusterNode node =
        followers.isEmpty() || random.chance(0.2)
            ? world.anyNode()
            : followers.get(random.below(followers.size()));
    Command.OnResource command = role(resource);
    if (command instanceof Command.Secondary) {
      node =
          world.nodes.stream()
              .filter(one -> deed(one, resource).filter(Deed::isPrimary).isPresent())
              .findFirst()
              .orElse(node);
    }
    if (node.isUp() && !(command instanceof Command.Primary && isUnfit(node))) {
      give(node, command, deadline());
    }
  }

  private Command.OnResource role(String resource) {
    int what = random.below(20);
    if (what < 3 && world.forcing) {
      return forced(resource);
    }
    if (what < 14) {
      Optional<Duration> pause =
          random.chance(0.3)
              ? Optional.of(Duration.ofMillis(random.between(50, 4000)))
              : Optional.empty();
      return new Command.Primary(resource, false, false, pause);
    }
    return switch (what) {
      case 14, 15 -> new Command.Secondary(resource);
      case 16, 17 -> new Command.AttachClient(resource);
      case 18 -> new Command.DetachClient(resource);
      default ->
          random.chance(0.5)
              ? new Command.SetPolicy(
                  resource, Optional.of(any(OnSplit.values())), OptionalInt.empty())
              : new Command.SetPolicy(
                  resource, Optional.empty(), OptionalInt.of(1 + random.below(MOST_BRANCH_DAYS)));
    };
  }

  /** What it has may be older than what it has said, or rotten: no copy to go on from. */
  private boolean isUnfit(SimClusterNode node) {
    return world.excuses.has(node, Excuses.Reason.CLONED)
        || world.excuses.has(node, Excuses.Reason.LOG_ROTTEN);
  }

  /** Whether a node is told to be the primary right now. */
  boolean isPromoting(SimClusterNode node, String resource) {
    return running.stream()
        .anyMatch(verb ->
            verb.node == node
                && verb.command instanceof Command.Primary
                && verb.command.resource().equals(resource)
                && verb.isAlive()
                && !verb.outcome.isDone());
  }

  /** Whether a node was told so lately: it may go on trying when nobody waits any more. */
  boolean hasPromoted(SimClusterNode node) {
    return lastPromotion.entrySet().stream()
        .anyMatch(it ->
            it.getKey().startsWith(node.name() + " ")
                && world.simulation.nowNanos() - it.getValue() < TRYING_NANOS);
  }

  /** Whether somebody was told just now to be the primary of it. */
  boolean isMoving(String resource) {
    return lastPromotion.entrySet().stream()
        .anyMatch(it ->
            it.getKey().endsWith(" " + resource)
                && world.simulation.nowNanos() - it.getValue() < MOVING_NANOS);
  }

  private Duration deadline() {
    return Duration.ofMillis(random.chance(0.2) ? random.between(1, 300) : 20_000);
  }

  private Command.OnResource command(SimClusterNode node, String resource) {
    boolean accept = random.chance(0.3);
    return switch (random.below(21)) {
      case 0 -> SimClusterCommands.create(resource);
      case 1, 2, 3, 4, 5 -> SimClusterCommands.join(resource);
      case 6, 7 -> new Command.LeaveResource(resource, Optional.empty(), accept);
      case 8 -> new Command.LeaveResource(resource, Optional.of(world.anyNode().name()), accept);
      case 9 ->
          random.chance(0.4)
              ? new Command.DeleteResource(resource, random.chance(0.3), accept)
              : SimClusterCommands.join(resource);
      case 10, 11 -> new Command.Invalidate(resource, accept);
      case 12, 13, 14 -> new Command.Turn(resource, any(SwitchVerb.values()));
      case 15 -> new Command.Turn(resource, SwitchVerb.UP);
      case 16 -> new Command.Verify(resource, random.chance(0.5));
      case 17 ->
          random.chance(0.5) ? new Command.LogRotate(resource) : new Command.LogDelete(resource);
      case 18 -> new Command.DeleteBranch(resource, branch(node, resource));
      default ->
          new Command.WaitResource(
              resource,
              any(WaitState.values()),
              random.chance(0.3) ? Optional.of(world.anyNode().name()) : Optional.empty());
    };
  }

  private <T> T any(T[] all) {
    return all[random.below(all.length)];
  }

  // ---- giving them ----

  /** Gives a verb; what comes of it is judged when it ends. */
  Async<Outcome> give(SimClusterNode node, Command.OnResource command, Duration deadline) {
    Optional<UUID> about = deed(node, command.resource()).map(Deed::resource);
    if (command instanceof Command.CreateResource) {
      HostTrouble.heal(node, List.of(command.resource()));
    }
    if (command instanceof Command.DeleteResource delete && !delete.local()) {
      about.ifPresent(world.deleting::add);
    }
    if (command instanceof Command.JoinResource || command instanceof Command.CreateResource) {
      world.left.remove(place(node, command.resource()));
    }
    noteLosing(node, command, about);
    boolean moving = command instanceof Command.Primary && isMovingElsewhere(node, command);
    if (command instanceof Command.Primary) {
      lastPromotion.put(node.name() + " " + command.resource(), world.simulation.nowNanos());
    }
    world.trace(node.name() + ": " + command + " within " + deadline);
    Async<Outcome> outcome = node.begin(command, deadline);
    Verb verb =
        new Verb(
            node,
            command,
            world.simulation.nowNanos() + deadline.toNanos() + SLACK_NANOS,
            about,
            outcome);
    verb.contested = moving;
    running.stream()
        .filter(verb::isBeside)
        .forEach(other -> other.contested = verb.contested = true);
    running.add(verb);
    outcome.observe(done -> succeeded(verb, done), cause -> failed(verb, cause));
    return outcome;
  }

  private boolean isMovingElsewhere(SimClusterNode node, Command.OnResource command) {
    return lastPromotion.entrySet().stream()
        .anyMatch(it ->
            it.getKey().endsWith(" " + command.resource())
                && !it.getKey().startsWith(node.name() + " ")
                && world.simulation.nowNanos() - it.getValue() < TRYING_NANOS);
  }

  /** After what an operator says in so many words, something may be missing. */
  private void noteLosing(SimClusterNode node, Command.OnResource command, Optional<UUID> about) {
    switch (command) {
      case Command.LeaveResource leave ->
          world.unwanted.add(command.resource() + " at " + leave.host().orElse(node.name()));
      case Command.Invalidate _, Command.DeleteResource _ ->
          world.unwanted.add(place(node, command.resource()));
      default -> {}
    }
    switch (command) {
      case Command.DeleteBranch delete ->
          world.deletedBranches.add(place(node, command.resource()) + " " + delete.branch());
      case Command.LeaveResource leave when leave.acceptLoss() ->
          about.ifPresent(world.surrendered::add);
      case Command.DeleteResource delete when delete.acceptLoss() ->
          about.ifPresent(world.surrendered::add);
      case Command.Invalidate anew when anew.acceptLoss() ->
          about.ifPresent(world.surrendered::add);
      case Command.Primary forced when forced.force() ->
          noteForce(place(node, command.resource()), forced.acceptLoss());
      default -> {}
    }
  }

  /** What was accepted with an earlier word counts as long as that may still be carried out. */
  private void noteForce(String place, boolean acceptLoss) {
    long now = world.simulation.nowNanos();
    if (acceptLoss) {
      world.accepting.put(place, now);
    } else if (now - world.accepting.getOrDefault(place, now) > TRYING_NANOS) {
      world.accepting.remove(place);
    }
  }

  static String place(SimClusterNode node, String resource) {
    return resource + " at " + node.name();
  }

  private void failed(Verb verb, IOException cause) {
    if (!(cause instanceof RefusedException refused)) {
      throw new Violation(verb + " ends with " + cause);
    }
    world.trace(verb + " is refused: " + refused.refusal());
    switch (refused.refusal().kind()) {
      case LATE -> world.counts.verbsLate++;
      default -> {
        world.counts.verbsRefused++;
        if (verb.command instanceof Command.Invalidate && !verb.contested && !goesOn(verb)) {
          world.unwanted.remove(place(verb.node, verb.command.resource()));
        }
      }
    }
  }

  /** It has failed for now, and its node tries it again by itself. */
  private static boolean goesOn(Verb verb) {
    return deed(verb.node, verb.command.resource())
        .filter(deed -> deed.rewinding().isPresent() || deed.stage() == Deed.Stage.RENEWING)
        .isPresent();
  }

  static Optional<Deed> deed(SimClusterNode node, String resource) {
    return tenancy(node, resource).map(Tenancy::deed);
  }

  static Optional<Tenancy> tenancy(SimClusterNode node, String resource) {
    return node.node()
        .flatMap(it ->
            it.replicas().stream().filter(one -> one.deed().name().equals(resource)).findFirst());
  }

  // ---- what was promised ----

  /** After every event: no verb may take longer than it was given. */
  void glance() {
    long now = world.simulation.nowNanos();
    for (Iterator<Verb> all = running.iterator(); all.hasNext(); ) {
      Verb verb = all.next();
      if (verb.outcome.isDone() || !verb.isAlive()) {
        all.remove();
      } else if (now > verb.endNanos) {
        throw new Violation(verb + " has not ended by its deadline");
      }
    }
  }

  private void succeeded(Verb verb, Outcome outcome) {
    world.counts.verbsDone++;
    world.trace(verb + " is done: " + outcome);
    Optional<Tenancy> here = tenancy(verb.node, verb.command.resource());
    Optional<Deed> deed = here.map(Tenancy::deed);
    boolean changed = outcome instanceof Outcome.Done done && done.changed();
    switch (verb.command) {
      case Command.CreateResource _ ->
          promise(verb, deed.filter(Deed::isPrimary).filter(ScenarioOperator::isKept).isPresent());
      case Command.JoinResource _ -> promise(verb, deed.isPresent());
      case Command.LeaveResource leave when leave.host().isEmpty() -> {
        promise(verb, deed.isEmpty() || !changed || hasLeft(verb, here.orElseThrow()));
        if (!verb.contested) {
          world.left.add(place(verb.node, verb.command.resource()));
        }
      }
      case Command.DeleteResource delete -> {
        boolean ends = deed.isEmpty() || !changed || hasLeft(verb, here.orElseThrow());
        promise(verb, ends);
        if (!delete.local()) {
          verb.about.filter(id -> !id.equals(Key.NIL)).ifPresent(world.deleted::add);
        }
      }
      case Command.Primary _ -> promise(verb, deed.filter(Deed::isPrimary).isPresent());
      case Command.Secondary _ -> promise(verb, deed.filter(Deed::isPrimary).isEmpty());
      case Command.AttachClient _ -> promise(verb, deed.isPresent());
      case Command.DetachClient _ ->
          promise(
              verb,
              deed.filter(Deed::isClient).filter(it -> it.stage() != Deed.Stage.LEAVING).isEmpty());
      case Command.Verify _ -> promiseEqual(verb, outcome);
      case Command.DeleteBranch delete ->
          promise(
              verb, !ScenarioBranches.kept(verb.node, delete.resource()).contains(delete.branch()));
      case Command.Turn turn ->
          promise(
              verb,
              deed.map(Deed::switches)
                  .map(Lodgings::shown)
                  .filter(now -> turn.which().applyTo(now).equals(now))
                  .isPresent());
      default -> {}
    }
  }

  /** Copies are moments of one life, so compared at one moment they are equal. */
  private static void promiseEqual(Verb verb, Outcome outcome) {
    if (outcome instanceof Outcome.Verified verified
        && verified.members().stream().anyMatch(it -> !it.differing().isEmpty())) {
      throw new Violation(verb + " finds a difference: " + verified);
    }
  }

  private static boolean isKept(Deed deed) {
    return deed.stage() == Deed.Stage.MEMBER || deed.stage() == Deed.Stage.MAKING;
  }

  /** It was another membership's, or it is to end whatever happens. */
  private static boolean hasLeft(Verb verb, Tenancy here) {
    return (here.deed().stage() == Deed.Stage.LEAVING && !here.isOpen())
        || verb.about.filter(here.deed().resource()::equals).isEmpty();
  }

  private void promise(Verb verb, boolean kept) {
    boolean ending = verb.about.filter(world.deleting::contains).isPresent();
    if (!kept && !verb.contested && !ending) {
      throw new Violation(verb + " has succeeded, and it is not so");
    }
  }
}
