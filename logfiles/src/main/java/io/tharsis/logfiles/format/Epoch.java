package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.UUID;

/**
 * One opening of the log for writing. Two epochs are the same if their ids are.
 *
 * @param number greater than the parent's, an unsigned 32-bit value from 1
 * @param id 128 random bits
 * @param kind why the log was opened
 * @param startLsn where its first logfile begins
 * @param parent what it continues; {@link Parent#NONE} exactly for {@link Kind#FIRST}
 */
public record Epoch(long number, UUID id, Kind kind, long startLsn, Parent parent) {

  /** Bytes of an epoch in every layout that holds one. */
  static final int BYTES = 56;

  /** Why a log was opened for writing. */
  public enum Kind {
    /** The resource was created. */
    FIRST(1),
    /** The log had been closed in order. */
    RESTART(2),
    /** The log had not been closed in order. */
    RECOVERY(3),
    /** Another member handed the role over; nothing is lost. */
    HANDOVER(4),
    /** An operator forced it; the former primary may have more. */
    FORCED(5);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The byte that stands for this kind on the disk. */
    public int code() {
      return code;
    }

    static Kind of(int code) {
      Kind[] all = values();
      Invariant.check(0 < code && code <= all.length, "epoch kind", code);
      return all[code - 1];
    }
  }

  /**
   * The epoch that another one continues.
   *
   * @param id of the epoch
   * @param forkLsn up to where it is continued; what it holds beyond is a branch
   */
  public record Parent(UUID id, long forkLsn) {
    /** Of an epoch that continues nothing. */
    public static final Parent NONE = new Parent(new UUID(0, 0), 0);

    /** A parent, or none. */
    public Parent {
      Invariant.check(forkLsn >= 0, "fork LSN", forkLsn);
    }
  }

  /** An epoch that makes sense by itself. */
  public Epoch {
    Invariant.check(0 < number && number <= 0xFFFF_FFFFL, "epoch number", number);
    Invariant.check(
        startLsn >= parent.forkLsn, "epoch starts before fork", startLsn, parent.forkLsn);
    Invariant.check(
        (kind == Kind.FIRST) == parent.id.equals(Parent.NONE.id), "parent of epoch", kind, parent);
  }

  /** The epoch in which a resource is created. */
  public static Epoch first(UUID id, long startLsn) {
    return new Epoch(1, id, Kind.FIRST, startLsn, Parent.NONE);
  }

  /** The epoch that continues this one from {@code forkLsn}, in a new logfile at the same LSN. */
  public Epoch next(UUID nextId, Kind nextKind, long forkLsn) {
    return next(nextId, nextKind, forkLsn, number);
  }

  /**
   * The same with a greater number than any other that is known.
   *
   * @param newerThan the greatest number of an epoch that is known elsewhere
   */
  public Epoch next(UUID nextId, Kind nextKind, long forkLsn, long newerThan) {
    long nextNumber = Math.max(number, newerThan) + 1;
    return new Epoch(nextNumber, nextId, nextKind, forkLsn, new Parent(id, forkLsn));
  }

  void put(byte[] bytes, int at) {
    Bits.putInt(bytes, at, (int) number);
    bytes[at + 4] = (byte) kind.code;
    Bits.putLong(bytes, at + 8, startLsn);
    Bits.putUuid(bytes, at + 16, id);
    Bits.putUuid(bytes, at + 32, parent.id);
    Bits.putLong(bytes, at + 48, parent.forkLsn);
  }

  /**
   * Reads an epoch; a value that cannot be breaks the invariant, which callers turn into a verdict.
   */
  static Epoch get(byte[] bytes, int at) {
    return new Epoch(
        Bits.getUnsignedInt(bytes, at),
        Bits.getUuid(bytes, at + 16),
        Kind.of(bytes[at + 4] & 0xFF),
        Bits.getLong(bytes, at + 8),
        new Parent(Bits.getUuid(bytes, at + 32), Bits.getLong(bytes, at + 48)));
  }
}
