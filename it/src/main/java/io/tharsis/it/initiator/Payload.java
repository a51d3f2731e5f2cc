package io.tharsis.it.initiator;

import java.lang.foreign.MemorySegment;

/**
 * The data of one command: what goes out, or the place for what comes in. Immutable; the memory
 * belongs to the caller and must stay alive until the command completed or its {@link Initiator}
 * was closed.
 *
 * @param direction which way the data goes
 * @param memory native memory, of exactly the expected data transfer length (RFC 7143, 11.3.4)
 */
public record Payload(Direction direction, MemorySegment memory) {

  /** Nothing either way. */
  public static final Payload NONE = new Payload(Direction.NONE, MemorySegment.NULL);

  /** Which way data goes, seen from the initiator. The numbers are those of libiscsi. */
  public enum Direction {
    NONE(0),
    IN(1),
    OUT(2);

    private final int code;

    Direction(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  public Payload {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("a payload needs native memory");
    }
    if (memory.byteSize() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a payload of " + memory.byteSize() + " bytes");
    }
    if (direction == Direction.NONE && memory.byteSize() != 0) {
      throw new IllegalArgumentException("memory without a direction");
    }
  }

  /** Room for data from the target. */
  public static Payload in(MemorySegment memory) {
    return new Payload(Direction.IN, memory);
  }

  /** Data for the target. */
  public static Payload out(MemorySegment memory) {
    return new Payload(Direction.OUT, memory);
  }

  int length() {
    return (int) memory.byteSize();
  }
}
