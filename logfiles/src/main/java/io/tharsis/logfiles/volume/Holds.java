package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The holds on the volumes of one resource. A run of the Applier waits at a range that is held; a
 * hold asked for while a run has its range in its window is granted after that run. So a run waits
 * only for holds that were granted before it began, a hold only for one run, and neither can keep
 * the other away for ever. Belongs to the Applier.
 */
final class Holds {

  /** What a run is going to change. */
  interface Window {
    /** Whether it changes anything in a range of a volume. */
    boolean changes(int volume, Range range);
  }

  private record Asked(int volume, Range range, Async<Hold> granted) {}

  private final LongSupplier checkpointLsn;
  private final Runnable onRelease;
  private final List<Hold> granted = new ArrayList<>();
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private Optional<Window> window = Optional.empty();
  private Optional<Async<Void>> released = Optional.empty();

  /**
   * Nothing is held.
   *
   * @param checkpointLsn gives the checkpoint at the moment
   * @param onRelease runs whenever a hold was released
   */
  Holds(LongSupplier checkpointLsn, Runnable onRelease) {
    this.checkpointLsn = checkpointLsn;
    this.onRelease = onRelease;
  }

  /** Asks for a hold; fails if it cannot be granted any more. */
  Async<Hold> ask(int volume, Range range) {
    Asked hold = new Asked(volume, range, new Async<>());
    if (isInWindow(hold)) {
      asked.add(hold);
    } else {
      grant(hold);
    }
    return hold.granted();
  }

  private boolean isInWindow(Asked hold) {
    return window.isPresent() && window.get().changes(hold.volume(), hold.range());
  }

  private void grant(Asked hold) {
    Hold made = new Hold(this, hold.volume(), hold.range(), checkpointLsn.getAsLong());
    granted.add(made);
    hold.granted().succeed(made);
  }

  /** A run puts this window on the disks from now on. */
  void begin(Window next) {
    window = Optional.of(next);
  }

  /** The run has ended, well or not: whoever waited for it is served before another begins. */
  void end() {
    window = Optional.empty();
    while (!asked.isEmpty()) {
      grant(asked.remove());
    }
  }

  /** Nothing more is granted, and nobody waits for it in vain. */
  void refuse() {
    while (!asked.isEmpty()) {
      asked.remove().granted().fail(new IOException("the resource is being closed"));
    }
  }

  /** Whether the Applier must leave a range alone for now. */
  boolean cover(int volume, Range range) {
    for (Hold hold : granted) {
      if (hold.covers(volume, range)) {
        return true;
      }
    }
    return false;
  }

  /** Ends when a hold is released. */
  Async<Void> whenReleased() {
    Async<Void> next = released.orElseGet(Async::new);
    released = Optional.of(next);
    return next;
  }

  void released(Hold hold) {
    granted.remove(hold);
    Optional<Async<Void>> waiting = released;
    released = Optional.empty();
    waiting.ifPresent(run -> run.succeed(null));
    onRelease.run();
  }

  /** Holds that are granted or asked for. */
  int count() {
    return granted.size() + asked.size();
  }
}
