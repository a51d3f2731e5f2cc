package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * The answers to changes that are durable here and wait all the same, because of what GOOD promises
 * beside that: see {@link ResourceListener#mayAnswer}. In order of LSN. Belongs to its resource,
 * and lives on its owner.
 */
public final class Answers {

  /** An answer that waits, and since when by the resource's clock. */
  private record Waiting(long lsn, long sinceNanos, Operations.Operation change) {}

  private final LongPredicate mayAnswer;
  private final Clock clock;
  private final Owner owner;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final List<Completion> behind = new ArrayList<>();
  private boolean degraded;
  private boolean closed;

  Answers(LongPredicate mayAnswer, Clock clock, Owner owner) {
    this.mayAnswer = mayAnswer;
    this.clock = clock;
    this.owner = owner;
  }

  /** What is to be called when the log is durable up to {@code lsn}, where a change ends. */
  Completion to(Operations.Operation change, long lsn) {
    return new DurableHere(this, change, lsn);
  }

  private record DurableHere(Answers answers, Operations.Operation change, long lsn)
      implements Completion {
    @Override
    public void succeeded() {
      answers.durable(change, lsn);
    }

    @Override
    public void failed(IOException cause) {
      change.failed(VolumeFault.LOG_STOPPED);
    }
  }

  private void durable(Operations.Operation change, long lsn) {
    if (mayAnswer.test(lsn)) {
      change.succeeded();
    } else if (closed || change.isAbandoned()) {
      change.failed(VolumeFault.INTERRUPTED);
    } else {
      waiting.add(new Waiting(lsn, clock.monotonicNanos(), change));
    }
  }

  /** Gives the answers to everything that ends at {@code lsn} or before. */
  public void upTo(long lsn) {
    while (!waiting.isEmpty() && waiting.peek().lsn() <= lsn) {
      waiting.remove().change().succeeded();
    }
    settle();
  }

  /** Gives the answers that wait since {@code nanos} of the resource's clock, or longer. */
  public void waitingSince(long nanos) {
    while (!waiting.isEmpty() && waiting.peek().sinceNanos() - nanos <= 0) {
      waiting.remove().change().succeeded();
    }
    settle();
  }

  /** Since when the one waits that waits longest, by the resource's clock; empty if none does. */
  public OptionalLong oldestNanos() {
    return waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(waiting.peek().sinceNanos());
  }

  /**
   * Whether none waits although more is promised than that changes are durable here; for people.
   */
  public void degraded(boolean now) {
    degraded = now;
  }

  ResourceStatus.Answering status() {
    return new ResourceStatus.Answering(waiting.size(), degraded);
  }

  /** How many wait. */
  public int count() {
    return waiting.size();
  }

  /** Ends whatever waits with {@link VolumeFault#INTERRUPTED}: nobody knows what has become. */
  public void interrupt() {
    while (!waiting.isEmpty()) {
      Operations.Operation change = waiting.remove().change();
      owner.execute(() -> change.failed(VolumeFault.INTERRUPTED));
    }
    settle();
  }

  /** Nobody wants to wait for this one any more: what is durable here is enough to let go of it. */
  void abandon(Operations.Operation change) {
    change.abandon();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      if (all.next().change() == change) {
        all.remove();
        owner.execute(() -> change.failed(VolumeFault.INTERRUPTED));
      }
    }
    settle();
  }

  /** Nothing waits any more, and nothing is going to. */
  void close() {
    closed = true;
    interrupt();
  }

  /** Something else has ended all that was under way. */
  void clear() {
    waiting.clear();
    behind.clear();
  }

  /** Goes on when it has succeeded and nothing waits here. */
  Completion behind(Completion then) {
    return Completion.of(
        () -> {
          behind.add(then);
          settle();
        },
        then::failed);
  }

  private void settle() {
    if (waiting.isEmpty() && !behind.isEmpty()) {
      List<Completion> now = List.copyOf(behind);
      behind.clear();
      now.forEach(Completion::succeeded);
    }
  }
}
