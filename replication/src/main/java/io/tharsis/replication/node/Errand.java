package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.node.Verbs.Plan;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * One verb from when it was asked for to its outcome or its deadline. What was begun goes on after
 * the deadline; what was not begun by then is not begun any more. Lives on the node's owner.
 */
final class Errand {

  private final Surroundings around;
  private final Request request;
  private final Async<Outcome> result = new Async<>();
  private Optional<UUID> awaited = Optional.empty();
  private boolean begun;

  Errand(Surroundings around, Request request) {
    this.around = around;
    this.request = request;
  }

  /** Does what is being planned, if that is to be done. Fails with a {@link RefusedException}. */
  Async<Outcome> run(Async<Plan> planned) {
    return limited(planned.then(this::reach).then(this::begin));
  }

  /** Waits for what changes nothing, or has been begun. */
  Async<Outcome> await(Async<Outcome> outcome) {
    begun = true;
    return limited(outcome);
  }

  /** The plan, if the node that it needs can be reached. */
  private Async<Plan> reach(Plan plan) {
    if (plan.needs().isEmpty()) {
      return Async.of(plan);
    }
    UUID node = plan.needs().get();
    awaited = Optional.of(node);
    return around
        .peers()
        .reach(node)
        .then(reached -> {
          awaited = Optional.empty();
          return reached ? Async.of(plan) : Lookup.refused(around.peers().unreachable(node));
        });
  }

  private Async<Outcome> begin(Plan plan) {
    if (result.isDone() || request.dryRun() || !plan.changes()) {
      return Async.of(plan.outcome());
    }
    begun = true;
    return plan.work().run();
  }

  private Async<Outcome> limited(Async<Outcome> outcome) {
    Clock.Timer timer =
        around.seams().home().clock().after(request.deadline(), () -> fail(overdue().thrown()));
    outcome.observe(
        value -> {
          timer.cancel();
          if (!result.isDone()) {
            result.succeed(value);
          }
        },
        cause -> {
          timer.cancel();
          fail(refused(cause));
        });
    return result;
  }

  private void fail(RefusedException cause) {
    if (!result.isDone()) {
      result.fail(cause);
    }
  }

  private Refusal overdue() {
    String verb = request.command().verb();
    String span = TimeSpan.format(request.deadline());
    if (begun) {
      return Refusal.late(
          "deadline",
          "%s was begun and has not ended in %s".formatted(verb, span),
          "tharsis view, which shows how far it is; it goes on by itself");
    }
    return awaited
        .map(around.peers()::unreachable)
        .orElseGet(() ->
            Refusal.host(
                "not-begun",
                "what %s needs to know was not found out in %s, and nothing was begun"
                    .formatted(verb, span),
                "the same again, with a longer deadline"));
  }

  private static RefusedException refused(IOException cause) {
    return cause instanceof RefusedException refused
        ? refused
        : Refusal.host(
                "failed", String.valueOf(cause.getMessage()), "mend what is named, and again")
            .thrown();
  }
}
