package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A secondary becomes the primary without being opened again. Belongs to its {@link
 * FollowingResource}.
 *
 * <p>Up to the last check nothing has changed, and whatever is in the way leaves a secondary. Then,
 * in one message, the log begins its new epoch, and the Applier and the copies of the volumes
 * belong to the primary.
 */
final class TakeOver {

  /** Who waits for the replica to come to rest in some way. */
  private record Waiting(BooleanSupplier condition, Async<Void> met) {}

  private final FollowingResource resource;
  private final List<Waiting> waiting = new ArrayList<>();
  private Optional<Async<Void>> preparing = Optional.empty();
  private boolean underWay;

  TakeOver(FollowingResource resource) {
    this.resource = resource;
  }

  private FollowingResource.Parts parts() {
    return resource.parts();
  }

  /** Whether the role is being changed. */
  boolean isUnderWay() {
    return underWay;
  }

  /** Whether the files are in use for this. */
  boolean isBusy() {
    return underWay || preparing.filter(it -> !it.isDone()).isPresent();
  }

  /** Something has moved, or the replica is being closed. */
  void advance() {
    for (Waiting one : List.copyOf(waiting)) {
      Optional<String> obstacle = obstacle();
      if (obstacle.isPresent() || one.condition().getAsBoolean()) {
        waiting.remove(one);
        obstacle.ifPresentOrElse(
            reason -> one.met().fail(new IOException(reason)), () -> one.met().succeed(null));
      }
    }
  }

  private Async<Void> await(BooleanSupplier condition) {
    Waiting one = new Waiting(condition, new Async<>());
    waiting.add(one);
    advance();
    return one.met();
  }

  /** Makes everything ready that can be before. */
  Async<Void> prepare() {
    if (preparing.filter(it -> !it.isDone()).isEmpty()) {
      Async<Void> prepared = new Async<>();
      preparing = Optional.of(prepared);
      prepareNow()
          .observe(
              done -> ended(() -> prepared.succeed(null)),
              cause -> ended(() -> prepared.fail(cause)));
    }
    return preparing.get();
  }

  /** A replica that is being closed waits for it. */
  private void ended(Runnable report) {
    report.run();
    resource.owner().execute(resource::progressed);
  }

  private Async<Void> prepareNow() {
    return check()
        .then(done -> resource.dirty().persistChanges())
        .then(done -> await(parts().growth()::isSettled))
        .then(done -> Async.forEach(resource.copies(), VolumeCopy::measureSpace))
        .then(done -> resource.log().prepareWrite())
        .then(done -> check());
  }

  Async<LoggedResource> run(Succession succession, ResourceListener to) {
    if (underWay) {
      return Async.failed(new IOException("the replica is being taken over already"));
    }
    if (succession.hasBegun(resource.log().lineage())) {
      return Async.failed(new IOException("epoch %s has begun".formatted(succession.epochId())));
    }
    underWay = true;
    return prepare()
        .then(done -> settle())
        .then(done -> check())
        .orElse(this::goOn)
        .then(done -> become(succession, to));
  }

  /** Nothing comes any more, and nothing is under way but a run of the Applier. */
  private Async<Void> settle() {
    parts().sync().refuse(true);
    return resource
        .log()
        .settled()
        .then(done -> await(() -> !parts().sync().isActive() && parts().growth().isSettled()))
        .then(done ->
            resource.dirty().isDurablyEmpty()
                ? Async.done()
                : Async.failed(new IOException("what was synced is not written down yet")));
  }

  private Async<Void> goOn(IOException cause) {
    underWay = false;
    parts().sync().refuse(false);
    resource.log().goOn();
    resource.owner().execute(resource::progressed);
    return Async.failed(cause);
  }

  private Async<LoggedResource> become(Succession succession, ResourceListener to) {
    underWay = false;
    resource.handedOn();
    // Nothing is to be written there any more; a primary does not look at it.
    Async<Void> dirtyClosed = resource.dirty().close();
    return new LoggedResource(resource.config(), resource.seams(), to, resource.copies())
        .begin(resource.log(), parts().applier(), succession)
        .then(primary ->
            dirtyClosed
                .map(done -> primary)
                .orElse(cause -> Async.failedAfter(primary.close(), cause)));
  }

  private Async<Void> check() {
    return obstacle()
        .<Async<Void>>map(reason -> Async.failed(new IOException(reason)))
        .orElseGet(Async::done);
  }

  /** Why this replica cannot take over as it is. */
  private Optional<String> obstacle() {
    if (!resource.isFollowing()) {
      return Optional.of("the replica takes no log any more");
    }
    if (resource.staged().isPresent()) {
      return Optional.of("the replica begins anew beside what it was");
    }
    if (resource.log().state().isEmpty()) {
      return Optional.of("nothing of the log is here that could be continued");
    }
    DirtyMap dirty = resource.dirty();
    if (!dirty.isEmpty()) {
      return Optional.of("parts of this replica are not synced");
    }
    long newest = dirty.newest().lsn();
    long durable = resource.log().marks().durable();
    if (newest > durable) {
      return Optional.of(
          "this replica was synced up to LSN %d, and its log ends at %d"
              .formatted(newest, durable));
    }
    if (parts().applier().state() instanceof ApplyState.Stopped(String reason)) {
      return Optional.of("log that is not applied yet cannot be read: " + reason);
    }
    return parts().growth().problem().map("a disk is too small for its volume: "::concat);
  }
}
