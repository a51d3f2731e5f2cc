package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Says what a replica's disk holds at one moment of the log, so that replicas can be compared while
 * they are in use. Lives with the replica. If nobody asks for a while the disk goes on by itself.
 */
final class DiskDigests {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int READ_BYTES = 256 << 10;

  /** The disk of a replica. */
  interface Subject {
    /** Stands still wherever it is. */
    Async<Long> stand();

    /** Stands still there exactly. */
    Async<Long> standAt(long lsn);

    /** Goes on. */
    void goOn();

    /** Fills the buffer from the disk. */
    Async<Void> read(long offset, ByteBuffer into);
  }

  private final Subject subject;
  private final Clock clock;
  private Optional<Clock.Timer> timer = Optional.empty();

  DiskDigests(Subject subject, Clock clock) {
    this.subject = subject;
    this.clock = clock;
  }

  /** Stands still where it is to, and tells what the disk holds there. */
  Async<Blob> digest(Inquiry.Compare compare) {
    timer.ifPresent(Clock.Timer::cancel);
    timer = Optional.of(clock.after(PATIENCE, this::goOn));
    Async<Long> standing = compare.lsn() == 0 ? subject.stand() : subject.standAt(compare.lsn());
    return standing.then(there -> new Pass(compare.offset(), compare.lengthBytes()).run());
  }

  void goOn() {
    timer.ifPresent(Clock.Timer::cancel);
    timer = Optional.empty();
    subject.goOn();
  }

  /** One range, read piece by piece. */
  private final class Pass {
    private final long offset;
    private final int length;
    private final ByteBuffer digests;
    private final ByteBuffer buffer;
    private int done;

    Pass(long offset, int length) {
      this.offset = offset;
      this.length = length;
      int regions = Math.ceilDiv(length, Inquiry.REGION_BYTES);
      this.digests = ByteBuffer.allocate(regions * Digest.BYTES);
      this.buffer = ByteBuffer.allocateDirect(Math.min(READ_BYTES, Math.max(1, length)));
    }

    Async<Blob> run() {
      return Async.repeat(() ->
          done == length
              ? Async.of(Optional.of(Blob.of(digests.array())))
              : piece().map(read -> Optional.<Blob>empty()));
    }

    private Async<Void> piece() {
      buffer.clear().limit(Math.min(buffer.capacity(), length - done));
      return subject
          .read(offset + done, buffer)
          .map(read -> {
            int bytes = buffer.limit();
            for (int at = 0; at < bytes; at += Inquiry.REGION_BYTES) {
              int region = Math.min(Inquiry.REGION_BYTES, bytes - at);
              digests.put(Digest.sha256(buffer.slice(at, region)).bytes());
            }
            done += bytes;
            return null;
          });
    }
  }
}
