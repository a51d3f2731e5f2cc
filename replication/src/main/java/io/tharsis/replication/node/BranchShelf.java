package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogBranches;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The branches that are kept beside the log of an open replica. Belongs to a {@link Lodger} and
 * lives on the replica's owner.
 */
final class BranchShelf {

  private final Store store;
  private final Clock clock;
  private final Steps steps = new Steps();
  private boolean closed;

  BranchShelf(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Keeps all of a log that is not open as a branch; it is to begin anew. */
  static Async<Void> setAside(Place place, Place.DiskWish wish, Fork fork) {
    return place
        .open(wish)
        .then(seams -> LogBranches.setAside(seams.store(), fork))
        .orElse(cause -> place.vacate().then(done -> Async.failed(cause)))
        .then(done -> place.vacate());
  }

  /** What there is, after everything that has been kept for longer is deleted. */
  Async<List<LogBranches.Kept>> look(Duration longest) {
    return steps.take(() ->
        closed
            ? Async.failed(new IOException("the replica is being closed"))
            : kept()
                .then(all ->
                    Async.forEach(
                            all.stream().filter(one -> isOlder(one, longest)).toList(),
                            one -> LogBranches.delete(store, one.name()))
                        .then(done -> kept())));
  }

  private Async<List<LogBranches.Kept>> kept() {
    return LogBranches.kept(store, clock.wallMillis());
  }

  private boolean isOlder(LogBranches.Kept one, Duration longest) {
    return clock.wallMillis() - one.note().keptMillis() > longest.toMillis();
  }

  /** Deletes one for ever. Idempotent. */
  Async<Void> delete(String name) {
    return steps.take(() -> closed ? Async.done() : LogBranches.delete(store, name));
  }

  /** Succeeds when nothing of them is in use any more. */
  Async<Void> close() {
    return steps.take(() -> {
      closed = true;
      return Async.done();
    });
  }
}
