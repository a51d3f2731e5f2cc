package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.node.Verbs.Plan;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Wishes of initiators that this node be the primary of a resource. Those that come while there is
 * one are the same. Belongs to a {@link Tenancy} and lives on the node's owner.
 */
final class Wishes {

  /** When whoever wishes is answered, whatever becomes of it. Linux waits for a minute. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private final Tenancy here;
  private final Clock clock;
  private final Supplier<Async<Plan>> plans;
  private Optional<Wish> open = Optional.empty();

  /**
   * @param clock of the node
   * @param plans looks whether it may be done; fails with a refusal if not
   */
  Wishes(Tenancy here, Clock clock, Supplier<Async<Plan>> plans) {
    this.here = here;
    this.clock = clock;
    this.plans = plans;
  }

  /** An initiator wishes it; never fails. */
  Async<RoleWish.Answer> heard() {
    if (open.isPresent()) {
      return open.get().answer;
    }
    Wish wish = new Wish();
    open = Optional.of(wish);
    wish.begin();
    return wish.answer;
  }

  /** The replica is to end here, which waits for all that initiators have begun. */
  void end() {
    open.ifPresent(wish -> wish.giveUp("the replica ends here"));
  }

  /** From when it is heard to its answer. */
  private final class Wish {
    private final Async<RoleWish.Answer> answer = new Async<>();
    private final Clock.Timer limit = clock.after(LIMIT, this::overdue);
    private boolean begun;

    void begin() {
      Async<Plan> plan = here.isEnding() ? Lookup.refused(here.notOpen()) : plans.get();
      plan.observe(this::carryOut, cause -> failed(RoleWish.Answer.REFUSED, cause));
    }

    /** What was not begun by the time of the answer is not begun any more. */
    private void carryOut(Plan plan) {
      if (answer.isDone()) {
        return;
      }
      begun = true;
      plan.work()
          .run()
          .observe(
              done -> end(RoleWish.Answer.DONE, "it serves"),
              cause ->
                  failed(
                      isForbidden(cause) ? RoleWish.Answer.REFUSED : RoleWish.Answer.FAILED,
                      cause));
    }

    /** An operator may have brought it about meanwhile, and it stood in its own way. */
    private void failed(RoleWish.Answer answer, IOException cause) {
      Async<Void> brought =
          here.deed().isPrimary()
              ? here.settleNow().then(done -> here.requireServing())
              : Async.failed(cause);
      brought.observe(
          done -> end(RoleWish.Answer.DONE, "it serves"), failed -> end(answer, words(cause)));
    }

    private void overdue() {
      giveUp("it has not come about in " + TimeSpan.format(LIMIT));
    }

    void giveUp(String why) {
      end(begun ? RoleWish.Answer.FAILED : RoleWish.Answer.REFUSED, why);
    }

    private void end(RoleWish.Answer became, String words) {
      if (answer.isDone()) {
        return;
      }
      limit.cancel();
      open = Optional.empty();
      here.note(
          Premises.Gravity.NEWS,
          "an initiator wishes that this node be the primary: %s, as %s"
              .formatted(
                  switch (became) {
                    case DONE -> "done";
                    case REFUSED -> "refused";
                    case FAILED -> "not done";
                  },
                  words));
      answer.succeed(became);
    }
  }

  private static boolean isForbidden(IOException cause) {
    return cause instanceof RefusedException refused
        && refused.refusal().kind() == Refusal.Kind.FORBIDDEN;
  }

  private static String words(IOException cause) {
    return cause instanceof RefusedException refused
        ? refused.refusal().fact()
        : String.valueOf(cause.getMessage());
  }
}
