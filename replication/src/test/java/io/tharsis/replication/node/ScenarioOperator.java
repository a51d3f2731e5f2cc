package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.replication.control.Command;
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
import java.util.Optional;
import java.util.UUID;

/** Gives verbs to nodes, sensible ones and others, and holds them to what they promise. */
final class ScenarioOperator {

  private static final long SLACK_NANOS = 500_000_000;

  private final ScenarioWorld world;
  private final SimRandom random;
  private final List<Verb> running = new ArrayList<>();

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
      return node == other.node && command.resource().equals(other.command.resource());
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
      give(node, command(world.anyResource()), deadline());
    }
  }

  private Duration deadline() {
    return Duration.ofMillis(random.chance(0.2) ? random.between(1, 300) : 20_000);
  }

  private Command.OnResource command(String resource) {
    boolean accept = random.chance(0.3);
    return switch (random.below(20)) {
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
      world.homes.add(node.name());
      HostTrouble.heal(node, List.of(command.resource()));
    }
    if (command instanceof Command.DeleteResource delete && !delete.local()) {
      about.ifPresent(world.deleting::add);
    }
    if (command instanceof Command.JoinResource || command instanceof Command.CreateResource) {
      world.left.remove(place(node, command.resource()));
    }
    Async<Outcome> outcome = node.begin(command, deadline);
    Verb verb =
        new Verb(
            node,
            command,
            world.simulation.nowNanos() + deadline.toNanos() + SLACK_NANOS,
            about,
            outcome);
    running.stream()
        .filter(verb::isBeside)
        .forEach(other -> other.contested = verb.contested = true);
    running.add(verb);
    outcome.observe(done -> succeeded(verb, done), cause -> failed(verb, cause));
    return outcome;
  }

  static String place(SimClusterNode node, String resource) {
    return resource + " at " + node.name();
  }

  private void failed(Verb verb, IOException cause) {
    if (!(cause instanceof RefusedException refused)) {
      throw new Violation(verb + " ends with " + cause);
    }
    switch (refused.refusal().kind()) {
      case LATE -> world.counts.verbsLate++;
      default -> world.counts.verbsRefused++;
    }
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
      case Command.Verify _ -> promiseEqual(verb, outcome);
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
