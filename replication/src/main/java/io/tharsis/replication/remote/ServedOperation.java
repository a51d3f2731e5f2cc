package io.tharsis.replication.remote;

import io.tharsis.logfiles.log.ReadBuffers;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Work;
import java.nio.ByteBuffer;
import java.util.Optional;

/** An operation of a front at the primary, with its buffer. Belongs to its session. */
final class ServedOperation implements VolumeCompletion {

  private final FrontSession session;
  private final long seq;
  private final Work work;
  private Optional<ByteBuffer> buffer = Optional.empty();
  private Ticket ticket = () -> false;
  private boolean begun;
  private boolean doomed;
  private int movedBytes;

  ServedOperation(FrontSession session, long seq, Work work) {
    this.session = session;
    this.seq = seq;
    this.work = work;
  }

  long seq() {
    return seq;
  }

  Work work() {
    return work;
  }

  boolean isChange() {
    return work.kind() != Kind.READ;
  }

  /** Nobody waits for what is read. */
  void doom() {
    doomed = true;
  }

  boolean isDoomed() {
    return doomed;
  }

  // ---- bytes ----

  private ByteBuffer buffer(ReadBuffers buffers) {
    if (buffer.isEmpty()) {
      buffer = Optional.of(buffers.take(work.dataBytes()));
    }
    return buffer.get();
  }

  /** More bytes of a write; false if they are more than were announced. */
  boolean bring(ByteBuffer bytes, ReadBuffers buffers) {
    int length = bytes.remaining();
    if (length > bytesLeft()) {
      return false;
    }
    if (work.dataBytes() > 0) {
      buffer(buffers).put(movedBytes, bytes, bytes.position(), length);
      movedBytes += length;
    }
    return true;
  }

  /** Bytes that are still to come, or to be sent. */
  int bytesLeft() {
    return work.dataBytes() - movedBytes;
  }

  /** The next bytes that were read, at most so many. */
  ByteBuffer next(int mostBytes) {
    int bytes = Math.min(mostBytes, bytesLeft());
    ByteBuffer piece = buffer.orElseThrow().slice(movedBytes, bytes);
    movedBytes += bytes;
    return piece;
  }

  void release(ReadBuffers buffers) {
    buffer.ifPresent(buffers::giveBack);
    buffer = Optional.empty();
  }

  // ---- in the resource ----

  void begin(Volume volume, ReadBuffers buffers) {
    begun = true;
    switch (work.kind()) {
      case READ -> volume.read(work.offset(), buffer(buffers), this);
      case WRITE ->
          ticket = volume.write(work.offset(), buffer(buffers), work.forceUnitAccess(), this);
      case UNMAP -> ticket = volume.unmap(work.offset(), work.length(), this);
      case FLUSH -> volume.flush(this);
    }
  }

  /** Takes it back; false if it is too late. */
  boolean takeBack() {
    return begun && ticket.cancel();
  }

  @Override
  public void succeeded() {
    ticket = () -> false;
    session.ended(this, Outcome.DONE);
  }

  @Override
  public void failed(VolumeFault fault) {
    ticket = () -> false;
    session.ended(
        this,
        switch (fault) {
          case READ_FAILED -> Outcome.READ_FAILED;
          case LOG_STOPPED -> Outcome.LOG_STOPPED;
          case SPACE_EXHAUSTED -> Outcome.SPACE_EXHAUSTED;
          case NOT_READY, TRANSITIONING, UNAVAILABLE -> Outcome.NOT_BEGUN;
          case INTERRUPTED -> Outcome.INTERRUPTED;
          case MOVED -> Outcome.MOVED;
        });
  }
}
