package io.tharsis.replication.wire;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.volume.WriteCache;
import java.util.List;
import java.util.UUID;

/**
 * What is said on a {@link LinkClass#VOLUME} link. A front connects to the primary's service and
 * says {@link Attach}; when that is answered it sends operations, each of which gets one {@link
 * Reply} or, for a read that succeeds, as many {@link Found} as it needs.
 *
 * <p>Ticks are milliseconds of the primary's monotonic clock. What a front sends bears the newest
 * that it has heard; so the primary knows how old it is at most, without clocks that agree.
 */
public sealed interface VolumeMessage extends Message {

  /** Most bytes that one operation reads or writes. */
  int MAX_OPERATION_BYTES = 16 << 20;

  /** Most operations that a front may have under way. */
  int MAX_OPERATIONS = 4096;

  /** Most volumes of a resource. */
  int MAX_VOLUMES = 16384;

  /** What an operation does. */
  enum Kind {
    /** Reads bytes. */
    READ(1),
    /** Writes the bytes that it brings. */
    WRITE(2),
    /** Makes a range read as zeros. */
    UNMAP(3),
    /** Makes what was written stable. */
    FLUSH(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The number on the wire. */
    public int code() {
      return code;
    }
  }

  /** What became of an operation. */
  enum Outcome {
    /** All of it was done. */
    DONE(0),
    /** Nothing of it was done, and nothing will be: it may be sent again. */
    NOT_BEGUN(1),
    /** The same; the volume is written at another member from now on. */
    MOVED(2),
    /** The range cannot be read. */
    READ_FAILED(3),
    /** The log cannot take changes. */
    LOG_STOPPED(4),
    /** The disk's file system has no room. */
    SPACE_EXHAUSTED(5),
    /** It was interrupted: for a change, nobody knows what of it was done. */
    INTERRUPTED(6);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    /** The number on the wire. */
    public int code() {
      return code;
    }
  }

  /**
   * A front wants to be served, or goes on after its link has ended. What it has sent over earlier
   * links and is not named here needs no answer any more.
   *
   * @param front which one of its node; random
   * @param attempt counts up over all fronts of this start of the node
   * @param knows what it has last heard
   * @param unresolved changes that were sent and not answered
   */
  record Attach(UUID front, long attempt, Heard knows, List<Long> unresolved)
      implements VolumeMessage {
    /** A list that fits. */
    public Attach {
      unresolved = List.copyOf(unresolved);
      Invariant.check(unresolved.size() <= MAX_OPERATIONS, "unresolved", unresolved.size());
    }
  }

  /**
   * The newest tick that a front knows.
   *
   * @param service whose tick it is; zeros if it knows none
   * @param tick the tick
   * @param elapsedMillis how long ago it came, by the front's clock
   */
  record Heard(UUID service, long tick, long elapsedMillis) {

    /** Nothing was heard yet. */
    public static final Heard NOTHING = new Heard(new UUID(0, 0), 0, 0);
  }

  /**
   * The front is served. Behind it come the answers to what was unresolved, if it is resumed.
   *
   * @param service this opening of the resource at this primary
   * @param epoch that is being written
   * @param resumed whether the front is still known: only then is there anything to be said about
   *     what was unresolved
   * @param tick now
   * @param credit how much it may have under way
   * @param volumes in order of their numbers
   */
  record Attached(
      UUID service,
      EpochSeen epoch,
      boolean resumed,
      long tick,
      Credit credit,
      List<VolumeShape> volumes)
      implements VolumeMessage {
    /** Volumes that fit. */
    public Attached {
      volumes = List.copyOf(volumes);
      Invariant.check(
          !volumes.isEmpty() && volumes.size() <= MAX_VOLUMES, "volumes", volumes.size());
    }
  }

  /**
   * An epoch as a front must know it.
   *
   * @param id of the epoch
   * @param parent what it continues
   * @param whole whether it continues all of that: nothing that was acknowledged can be missing
   */
  record EpochSeen(UUID id, UUID parent, boolean whole) {}

  /**
   * What a front may have under way.
   *
   * @param operations so many
   * @param bytes of data that they read and write; one alone may always be
   */
  record Credit(int operations, int bytes) {
    /** A credit that can be. */
    public Credit {
      Invariant.check(
          0 < operations && operations <= MAX_OPERATIONS && 0 < bytes, "credit", operations, bytes);
    }
  }

  /**
   * What initiators are told of a volume.
   *
   * @param sizeBytes its size
   * @param writeCache what GOOD on a write means
   */
  record VolumeShape(long sizeBytes, WriteCache writeCache) {
    /** A size that can be. */
    public VolumeShape {
      Invariant.check(sizeBytes >= 0, "size", sizeBytes);
    }
  }

  /**
   * How fresh a message of a front is.
   *
   * @param tick the newest that the front had heard when it sent this
   * @param seen how many replies it had got over this link
   */
  record Sign(long tick, long seen) {}

  /**
   * What is wanted of a volume.
   *
   * @param kind what to do
   * @param forceUnitAccess whether a write is to be on stable storage when it succeeds
   * @param volume number of the volume
   * @param offset first byte
   * @param length how many bytes
   */
  record Work(Kind kind, boolean forceUnitAccess, int volume, long offset, long length) {
    /** Work that can be. */
    public Work {
      Invariant.check(0 <= volume && volume < MAX_VOLUMES, "volume", volume);
      Invariant.check(
          0 <= offset && 0 <= length && offset <= Long.MAX_VALUE - length, "range", offset, length);
      Invariant.check(
          kind == Kind.UNMAP || length <= MAX_OPERATION_BYTES, "operation", kind, length);
    }

    /** How many bytes of data go over the link for it. */
    public int dataBytes() {
      return switch (kind) {
        case READ, WRITE -> (int) length;
        case UNMAP, FLUSH -> 0;
      };
    }
  }

  /**
   * An operation. If it writes, its bytes follow: the first ones here, the others in {@link Piece}s
   * before any other operation, unless it is cancelled meanwhile.
   *
   * @param seq larger than that of everything the front has sent before
   * @param sign how fresh it is
   * @param work what to do
   * @param data of a write the first bytes, else none
   */
  record Request(long seq, Sign sign, Work work, Payload data) implements VolumeMessage {}

  /** More bytes of the last write. */
  record Piece(Sign sign, Payload data) implements VolumeMessage {}

  /** An operation is not wanted any more: if nothing of it has begun it is taken back. */
  record Cancel(long seq, Sign sign) implements VolumeMessage {}

  /** The answer to a {@link Tick}. */
  record Pulse(Sign sign) implements VolumeMessage {}

  /** An operation has ended; of a read only that it failed. */
  record Reply(long seq, Outcome outcome) implements VolumeMessage {}

  /**
   * Bytes that were read, in order.
   *
   * @param seq of the operation
   * @param last whether these are the last ones: then it counts as a reply
   * @param data the bytes
   */
  record Found(long seq, boolean last, Payload data) implements VolumeMessage {}

  /** The primary's clock. */
  record Tick(long tick) implements VolumeMessage {}

  /** A volume has another size now. */
  record Resized(int volume, VolumeShape shape) implements VolumeMessage {
    /** A volume that can be. */
    public Resized {
      Invariant.check(0 <= volume && volume < MAX_VOLUMES, "volume", volume);
    }
  }

  /** Everything that is sent from now on will be answered with {@link Outcome#MOVED}. */
  record Moved() implements VolumeMessage {}

  /**
   * An initiator has reset a logical unit. From a front: at its node, and the primary is to see to
   * it that this happens at all others. From the primary: elsewhere, and the front is to do it too.
   *
   * @param number what {@link WasReset} names
   * @param volume whose unit
   */
  record Reset(long number, int volume) implements VolumeMessage {
    /** A volume that can be. */
    public Reset {
      Invariant.check(0 <= volume && volume < MAX_VOLUMES, "volume", volume);
    }
  }

  /** What was asked for with {@link Reset} is done: nothing that it has ended has an effect. */
  record WasReset(long number) implements VolumeMessage {}
}
