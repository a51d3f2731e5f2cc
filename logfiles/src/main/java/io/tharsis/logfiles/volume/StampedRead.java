package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One read at the primary whose content goes to another member: it ends when everything that was
 * appended when the bytes were there is durable, so that no power cut can take back what they show.
 * Belongs to the resource, which waits for it when it closes.
 */
final class StampedRead {

  private final LoggedResource resource;
  private final Async<ContentStamp> result;
  private final Operations.Operation whole;
  private long fromLsn;
  private long toLsn;

  StampedRead(LoggedResource resource, Async<ContentStamp> result) {
    this.resource = resource;
    this.result = result;
    this.whole = resource.tracked(completion(this::deliver));
  }

  private VolumeCompletion completion(Runnable success) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        success.run();
      }

      @Override
      public void failed(VolumeFault fault) {
        fail(fault);
      }
    };
  }

  private Log log() {
    return resource.log();
  }

  /** Begins; the volume is readable. */
  void start(LoggedVolume volume, long offset, ByteBuffer into) {
    // Reads see everything that is durable when they begin.
    fromLsn = log().marks().durable();
    volume.readUncounted(
        offset,
        into,
        new VolumeCompletion() {
          @Override
          public void succeeded() {
            awaitDurable();
          }

          @Override
          public void failed(VolumeFault fault) {
            whole.failed(fault);
          }
        });
  }

  private void awaitDurable() {
    toLsn = log().marks().appended();
    log()
        .whenDurable(
            toLsn, Completion.of(whole::succeeded, cause -> whole.failed(VolumeFault.LOG_STOPPED)));
  }

  private void deliver() {
    result.succeed(new ContentStamp(fromLsn, toLsn));
  }

  private void fail(VolumeFault fault) {
    result.fail(new IOException("reading for another member failed: " + fault));
  }
}
