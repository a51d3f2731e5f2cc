package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.control.view.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Waits until a replica is in a state, or the deadline has passed. The deadline has a timer of its
 * own: who waits is answered then, whatever becomes of what is looked at. Lives on the node's
 * owner.
 */
final class Wait {

  private static final Duration LOOK = Duration.ofMillis(100);

  /** What is looked at. */
  interface Sight {
    /** Has everything looked at anew; whether that succeeds does not matter. */
    Async<Void> refresh();

    /** Why there is nothing to wait for; empty if there is. */
    Optional<Refusal> objection();

    /** What is known of the replica at a node. */
    Optional<ReplicaFacts> replica(String host);
  }

  private final Command.WaitResource wish;
  private final String host;
  private final Duration deadline;
  private final Sight sight;
  private final Async<Outcome> result = new Async<>();

  Wait(Command.WaitResource wish, String host, Duration deadline, Sight sight) {
    this.wish = wish;
    this.host = host;
    this.deadline = deadline;
    this.sight = sight;
  }

  /** Succeeds when it is in that state; fails with a refusal. */
  Async<Outcome> begin(Clock clock) {
    Clock.Timer timer = clock.after(deadline, this::overdue);
    look(clock);
    result.observe(done -> timer.cancel(), cause -> timer.cancel());
    return result;
  }

  private void look(Clock clock) {
    sight.refresh().observe(done -> judge(clock), cause -> judge(clock));
  }

  private void judge(Clock clock) {
    if (result.isDone()) {
      return;
    }
    Optional<ReplicaFacts> found = sight.replica(host);
    Optional<Refusal> objection = sight.objection();
    if (found.filter(facts -> Waiting.isOver(wish.state(), facts)).isPresent()) {
      result.succeed(
          new Outcome.Done(
              false,
              List.of("%s on %s is %s".formatted(wish.resource(), host, wish.state().word()))));
    } else if (objection.isPresent()) {
      result.fail(objection.get().thrown());
    } else {
      clock.after(LOOK, () -> look(clock));
    }
  }

  private void overdue() {
    if (!result.isDone()) {
      result.fail(late(sight.replica(host)).thrown());
    }
  }

  private Refusal late(Optional<ReplicaFacts> found) {
    return Refusal.late(
        "deadline",
        "%s on %s is not %s after %s; it is %s"
            .formatted(
                wish.resource(),
                host,
                wish.state().word(),
                TimeSpan.format(deadline),
                found.map(Verbs::shown).orElse("no replica")),
        "tharsis view " + wish.resource());
  }
}
