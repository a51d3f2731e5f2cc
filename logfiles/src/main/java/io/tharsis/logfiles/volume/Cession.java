package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.Optional;

/**
 * A primary gives its role up: what waits fails, what has begun ends, and then it goes on as a
 * secondary. Belongs to its {@link LoggedResource}.
 */
final class Cession {

  private final LoggedResource resource;
  private final ChangeQueue held;
  private Optional<Async<Void>> quiet = Optional.empty();
  private boolean steppingDown;

  Cession(LoggedResource resource, ChangeQueue held) {
    this.resource = resource;
    this.held = held;
  }

  /** Whether another member writes the log on. */
  boolean isBegun() {
    return quiet.isPresent();
  }

  void thaw() {
    if (quiet.isEmpty() && held.isFreezing()) {
      held.thaw();
      resource.owner().execute(resource::progressed);
    }
  }

  Async<Void> begin() {
    if (quiet.isEmpty()) {
      if (!resource.isServing() || !held.isFrozen()) {
        return Async.failed(new IOException("the resource is not frozen"));
      }
      quiet = Optional.of(new Async<>());
      resource.ceded();
    }
    return quiet.get();
  }

  /** So many operations have begun and not ended. */
  void advance(int operations) {
    quiet.filter(it -> !it.isDone() && operations == 0).ifPresent(it -> it.succeed(null));
  }

  Async<FollowingResource> stepDown(ResourceListener to) {
    if (quiet.isEmpty() || steppingDown) {
      return Async.failed(new IOException("the resource is not ceded, or not any more"));
    }
    steppingDown = true;
    return quiet
        .get()
        .then(done -> DirtyMap.open(resource.seams().store(), resource.id(), resource.copies()))
        .<FollowingResource>then(dirty ->
            resource.isCeded()
                ? become(dirty, to)
                : Async.failedAfter(dirty.close(), new IOException("the resource is being closed")))
        .orElse(cause -> {
          steppingDown = false;
          return Async.failed(cause);
        });
  }

  private Async<FollowingResource> become(DirtyMap dirty, ResourceListener to) {
    resource.handedOn();
    return FollowingResource.after(resource, dirty, to);
  }
}
