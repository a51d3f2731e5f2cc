package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The changes that a primary's log cannot take at the moment, in order of arrival: because it has
 * no room, writers are slowed, or the log is frozen. Belongs to its {@link LoggedResource}.
 *
 * <p>While the log is frozen nothing is appended but the rest of a change of which a part is in the
 * log already: so what waits here when it is frozen has had no effect at all.
 */
final class ChangeQueue {

  private final Owner owner;
  private final Supplier<Log> log;
  private final Answers answers;
  private final BooleanSupplier slowed;
  private final ArrayDeque<PendingChange> held = new ArrayDeque<>();
  private Optional<Async<Frozen>> freeze = Optional.empty();
  private boolean settling;

  /**
   * Nothing waits.
   *
   * @param slowed whether writers wait for the Applier
   */
  ChangeQueue(Owner owner, Supplier<Log> log, Answers answers, BooleanSupplier slowed) {
    this.owner = owner;
    this.log = log;
    this.answers = answers;
    this.slowed = slowed;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  int size() {
    return held.size();
  }

  /** Appends a change, or keeps it; whether it is in the log. */
  boolean put(PendingChange change) {
    boolean isOpen = held.isEmpty() && freeze.isEmpty() && !slowed.getAsBoolean();
    if (isOpen && change.append()) {
      return true;
    }
    held.add(change);
    return false;
  }

  /** Takes a change back of which nothing is in the log. */
  boolean cancel(PendingChange change) {
    if (change.hasBegun() || !held.remove(change)) {
      return false;
    }
    change.drop();
    return true;
  }

  /** Appends what can be appended now. */
  void advance() {
    while (mayGoOn() && held.element().append()) {
      held.remove();
    }
    settle();
  }

  private boolean mayGoOn() {
    return !held.isEmpty()
        && !slowed.getAsBoolean()
        && (freeze.isEmpty() || held.element().hasBegun());
  }

  /** Ends everything that waits, in messages of their own. */
  void failAll(VolumeFault fault) {
    while (!held.isEmpty()) {
      PendingChange change = held.remove();
      owner.execute(() -> change.fail(fault));
    }
  }

  /** Forgets everything that waits; somebody else ends it. */
  void clear() {
    held.clear();
  }

  /** Whether nothing may be begun. */
  boolean isFreezing() {
    return freeze.isPresent();
  }

  /** Whether the log ends where it was said that it does. */
  boolean isFrozen() {
    return freeze.filter(it -> it.isDone() && it.failure().isEmpty()).isPresent();
  }

  /** Begins nothing from now on; succeeds when all that has begun is durable and answered. */
  Async<Frozen> freeze() {
    if (freeze.isEmpty()) {
      freeze = Optional.of(new Async<>());
      settling = false;
    }
    Async<Frozen> frozen = freeze.get();
    settle();
    return frozen;
  }

  /** What waits at the head of the queue is not begun: what is in the log now is its end. */
  private void settle() {
    boolean hasBegun = !held.isEmpty() && held.element().hasBegun();
    if (freeze.isEmpty() || settling || hasBegun) {
      return;
    }
    settling = true;
    Async<Frozen> frozen = freeze.get();
    // Whoever waits for the end since before is answered before.
    log.get()
        .whenDurable(
            log.get().marks().appended(),
            answers.behind(
                Completion.of(
                    () -> {
                      if (!frozen.isDone()) {
                        frozen.succeed(end(log.get()));
                      }
                    },
                    cause -> {
                      if (!frozen.isDone()) {
                        frozen.fail(cause);
                      }
                    })));
  }

  private static Frozen end(Log log) {
    long durable = log.marks().durable();
    Invariant.check(durable == log.marks().appended(), "a frozen log is durable", durable);
    return new Frozen(durable, log.epoch().id());
  }

  /** Goes on. */
  void thaw() {
    Optional<Async<Frozen>> before = freeze;
    freeze = Optional.empty();
    before
        .filter(it -> !it.isDone())
        .ifPresent(it -> it.fail(new IOException("the resource goes on")));
  }
}
