package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.node.Verbs.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a node gives up what it has of a cluster that does not know it any more, or is no more. It
 * asks nobody; the disks keep their content. Lives on the node's owner.
 */
final class Forgetting {

  private final Surroundings around;
  private final Verbs.Register register;

  Forgetting(Surroundings around, Verbs.Register register) {
    this.around = around;
    this.register = register;
  }

  /**
   * Is to close all replicas and remove their logs; keys and documents are left to the caller.
   *
   * @param acceptLoss replicas may be given up
   */
  Async<Plan> forget(boolean acceptLoss) {
    Optional<Refusal> objection = objection(acceptLoss);
    if (objection.isPresent()) {
      return Async.failed(objection.get().thrown());
    }
    List<String> steps = steps();
    Outcome outcome = new Outcome.Done(true, steps);
    return Async.of(
        new Plan(
            true, steps, () -> Async.each(register.all(), Tenancy::leave).map(done -> outcome)));
  }

  private Optional<Refusal> objection(boolean acceptLoss) {
    boolean thrownOut = Hosting.expulsion(around).isPresent();
    List<String> linked = linked();
    if (!thrownOut && !linked.isEmpty()) {
      return Optional.of(
          Refusal.forbidden(
              "still-a-member",
              "this node is a member, and %s can be told that it leaves"
                  .formatted(String.join(", ", linked)),
              "tharsis leave-cluster"));
    }
    boolean holder = around.seams().trust().holdsAuthority();
    if (!thrownOut && holder && !Hosting.isAlone(around)) {
      return Optional.of(
          Refusal.forbidden(
              "ca-here",
              "this node has the cluster's CA, and without it nobody can join or be revoked",
              "tharsis ca-export here and ca-import at another node; or leave-cluster --host for"
                  + " each node that is gone"));
    }
    List<String> replicas = replicas();
    return replicas.isEmpty() || acceptLoss
        ? Optional.empty()
        : Optional.of(
            Refusal.forbidden(
                "has-replicas",
                "it gives up %s, and what of them is nowhere else"
                    .formatted(String.join("; ", replicas)),
                "tharsis view; then leave-cluster --local --accept-loss"));
  }

  private List<String> linked() {
    return around.directory().view().nodes().stream()
        .filter(node -> !node.key().first().equals(around.setting().self().node()))
        .filter(node -> around.peers().isLinked(node.key().first()))
        .map(node -> node.content().name())
        .toList();
  }

  private List<String> replicas() {
    return register.all().stream().map(one -> describe(one.deed())).toList();
  }

  private static String describe(Deed deed) {
    return "its replica of %s, as %s, %son %s"
        .formatted(
            deed.name(),
            deed.isPrimary() ? "the primary" : "a secondary",
            deed.holding().sizeBytes().isPresent()
                ? DataSize.format(deed.holding().sizeBytes().getAsLong()) + " "
                : "",
            deed.holding().disk());
  }

  private List<String> steps() {
    List<String> steps = new ArrayList<>();
    register
        .all()
        .forEach(one ->
            steps.add(
                "give up %s: remove its log; the disk stays as it is"
                    .formatted(describe(one.deed()))));
    steps.add("forget the cluster, its other nodes, and the keys of this node");
    steps.add(
        "tell nobody: where this node is still listed, tharsis leave-cluster --host "
            + around.setting().name());
    return steps;
  }
}
