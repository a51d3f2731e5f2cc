package io.tharsis.replication.remote;

import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Work;
import java.nio.ByteBuffer;

/**
 * What somebody wants of a routed volume, from its arrival to its end, wherever it is meanwhile.
 * Ends exactly once. Belongs to its front; the buffer is the caller's and is lent until the end.
 */
final class RoutedOperation implements VolumeCompletion, Ticket {

  /** Where it is. */
  enum Place {
    /** It waits at the front; nothing of it has begun anywhere. */
    HELD,
    /** In the volume of the primary, which is here. */
    LOCAL,
    /** On its way to a primary, or there. */
    SENT,
    /** It was sent over a link that has ended, and nobody knows what became of it. */
    LOST,
    /** Its end is certain, and is told in the next message. */
    ENDING,
    /** Its caller knows. */
    ENDED
  }

  private final Front front;
  private final Work work;
  private final ByteBuffer data;
  private final VolumeCompletion done;
  private final long number;
  private long arrivedNanos;
  private Place place = Place.HELD;
  private Ticket ticket = () -> false;
  private boolean unwanted;
  private long seq;
  private int movedBytes;

  /** What has arrived at a front: the work, its buffer, and whom to tell. */
  record Order(Work work, ByteBuffer data, VolumeCompletion done) {}

  /**
   * It has just arrived.
   *
   * @param number how many arrived before it at the front
   */
  RoutedOperation(Front front, Order order, long number, long arrivedNanos) {
    this.front = front;
    this.work = order.work();
    this.data = order.data().slice();
    this.done = order.done();
    this.number = number;
    this.arrivedNanos = arrivedNanos;
  }

  Work work() {
    return work;
  }

  long number() {
    return number;
  }

  Place place() {
    return place;
  }

  /**
   * Whether it changes something, or says that a change is stable: not to be done twice blindly.
   */
  boolean isChange() {
    return work.kind() != Kind.READ;
  }

  /** Whether its caller has tried to take it back: it is not begun anew. */
  boolean isUnwanted() {
    return unwanted;
  }

  // identity: each operation has a completion of its own
  @SuppressWarnings("ReferenceEquality")
  boolean isOf(VolumeCompletion caller) {
    return done == caller;
  }

  long ageNanos(long nowNanos) {
    return nowNanos - arrivedNanos;
  }

  /** It is older than was believed. */
  void aged(long nanos) {
    arrivedNanos -= nanos;
  }

  // ---- waiting ----

  void held() {
    place = Place.HELD;
    movedBytes = 0;
  }

  // ---- at the primary here ----

  void begin(Volume volume) {
    place = Place.LOCAL;
    switch (work.kind()) {
      case READ -> volume.read(work.offset(), data.duplicate(), this);
      case WRITE ->
          ticket = volume.write(work.offset(), data.duplicate(), work.forceUnitAccess(), this);
      case UNMAP -> ticket = volume.unmap(work.offset(), work.length(), this);
      case FLUSH -> volume.flush(this);
    }
  }

  @Override
  public void succeeded() {
    front.ended(this);
  }

  @Override
  public void failed(VolumeFault fault) {
    ticket = () -> false;
    if (fault == VolumeFault.MOVED) {
      front.movedAway(this);
    } else {
      front.ended(this, fault);
    }
  }

  // ---- at a primary elsewhere ----

  void sent(long number) {
    place = Place.SENT;
    seq = number;
    movedBytes = 0;
  }

  long seq() {
    return seq;
  }

  void lost() {
    place = Place.LOST;
  }

  void resumed() {
    place = Place.SENT;
  }

  /** Bytes that have not gone over the link yet. */
  int bytesLeft() {
    return work.dataBytes() - movedBytes;
  }

  /** The next bytes to be sent, at most so many. */
  ByteBuffer next(int mostBytes) {
    int bytes = Math.min(mostBytes, bytesLeft());
    ByteBuffer piece = data.slice(movedBytes, bytes);
    movedBytes += bytes;
    return piece;
  }

  /** More bytes that were read; false if they are more than were asked for. */
  boolean found(ByteBuffer bytes) {
    if (bytes.remaining() > bytesLeft()) {
      return false;
    }
    int length = bytes.remaining();
    data.put(movedBytes, bytes, bytes.position(), length);
    movedBytes += length;
    return true;
  }

  // ---- the end ----

  /** Its end is certain. */
  void ending() {
    place = Place.ENDING;
  }

  /** Tells that all was done. */
  void tellSuccess() {
    place = Place.ENDED;
    done.succeeded();
  }

  /** Tells that it was not. */
  void tell(VolumeFault fault) {
    place = Place.ENDED;
    done.failed(fault);
  }

  /** Nobody is told. */
  void dropped() {
    place = Place.ENDED;
  }

  @Override
  public boolean cancel() {
    switch (place) {
      case HELD -> {
        front.withdrawn(this);
        return true;
      }
      case LOCAL -> {
        if (ticket.cancel()) {
          front.dropped(this);
          return true;
        }
        unwanted = true;
      }
      case SENT -> {
        boolean first = !unwanted;
        unwanted = true;
        if (first) {
          front.cancel(this);
        }
      }
      case LOST -> unwanted = true;
      case ENDING, ENDED -> {}
    }
    return false;
  }
}
