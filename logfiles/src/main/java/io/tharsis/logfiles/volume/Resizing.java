package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.function.IntConsumer;

/**
 * Makes the volumes of a primary larger, one after the other: first the disk, then the record in
 * the log, and when that is durable the volume. Belongs to its resource.
 */
final class Resizing {

  private final LoggedResource resource;
  private Async<Void> last = Async.done();
  private IntConsumer listener = volume -> {};

  Resizing(LoggedResource resource) {
    this.resource = resource;
  }

  /** Who is told the number of a volume that has grown; replaces who was told before. */
  void listener(IntConsumer told) {
    listener = told;
  }

  /** Makes the disk ready; the volume stays as it is. */
  Async<Void> prepare(VolumeCopy copy, long sizeBytes) {
    last =
        last.orElse(failed -> Async.done())
            .then(done -> counted(() -> Enlargement.of(resource.log()).prepare(copy, sizeBytes)));
    return last;
  }

  /** Makes the volume larger; fails if it is larger already. */
  Async<Void> resize(VolumeCopy copy, long sizeBytes) {
    return prepare(copy, sizeBytes)
        .then(done -> {
          last = last.orElse(failed -> Async.done()).then(turn -> log(copy, sizeBytes));
          return last;
        });
  }

  private Async<Void> log(VolumeCopy copy, long sizeBytes) {
    if (sizeBytes <= copy.sizeBytes()) {
      return sizeBytes == copy.sizeBytes()
          ? Async.done()
          : Async.failed(
              new IOException("the volume has %d bytes already".formatted(copy.sizeBytes())));
    }
    Async<Void> logged = new Async<>();
    Operations.Operation whole = resource.tracked(new Reporting(logged, "the growth"));
    resource.submit(
        new PendingState(resource, copy.number(), state -> state.sized(sizeBytes), whole));
    return logged.map(done -> {
      copy.grown(sizeBytes);
      listener.accept(copy.number());
      return null;
    });
  }

  private interface Work {
    Async<Void> begin();
  }

  /** The disk stays open until it has ended. */
  private Async<Void> counted(Work work) {
    if (!resource.isServing()) {
      return Async.failed(new IOException("the resource takes no changes now"));
    }
    Async<Void> result = new Async<>();
    Operations.Operation whole = resource.tracked(new Reporting(new Async<>(), "the growth"));
    work.begin()
        .observe(
            done -> {
              result.succeed(null);
              whole.succeeded();
            },
            cause -> {
              result.fail(cause);
              whole.failed(VolumeFault.LOG_STOPPED);
            });
    return result;
  }
}
