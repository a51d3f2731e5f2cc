package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.Optional;

/**
 * Puts a side log on the disks: an ordinary replay of a log to which nothing comes any more. Ends
 * as soon as that cannot go on, to be begun again later.
 */
final class SideReplay {

  private final ResourceConfig config;
  private final Seams seams;
  private final ResourceListener outer;
  private final Async<Void> ended = new Async<>();
  private Optional<FollowingResource> replica = Optional.empty();

  /**
   * @param outer says whether it is still wanted
   */
  SideReplay(ResourceConfig config, Seams seams, ResourceListener outer) {
    this.config = config;
    this.seams = seams;
    this.outer = outer;
  }

  Async<Void> run() {
    ResourceListener ear =
        new ResourceListener() {
          @Override
          public void progressed() {
            look();
          }
        };
    return FollowingResource.openHere(config, seams, ear)
        .then(opened -> {
          replica = Optional.of(opened);
          look();
          return ended
              .orElse(cause -> opened.close().then(done -> Async.failed(cause)))
              .then(done -> opened.close());
        });
  }

  private void look() {
    if (replica.isEmpty() || ended.isDone()) {
      return;
    }
    FollowingStatus status = replica.get().status();
    if (status.watermarks().checkpoint() == status.watermarks().durable()) {
      ended.succeed(null);
      return;
    }
    if (!outer.isWanted()) {
      ended.fail(new OpeningPutOff("what was staged is put on the disks when it is wanted again"));
      return;
    }
    Optional<String> failure =
        switch (status.apply()) {
          case ApplyState.PausedNoSpace(String reason) -> Optional.of(reason);
          case ApplyState.Retrying(String reason) -> Optional.of(reason);
          case ApplyState.Stopped(String reason) -> Optional.of(reason);
          case ApplyState.DiskTooSmall(String reason) -> Optional.of(reason);
          case ApplyState.Idle _, ApplyState.Running _, ApplyState.Paused _ -> Optional.empty();
          case ApplyState.DiskGrowing _ -> Optional.empty();
        };
    failure.ifPresent(reason -> ended.fail(new IOException(reason)));
  }
}
