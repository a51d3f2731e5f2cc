package io.tharsis.it.initiator;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The commands in flight of one {@link Initiator}: a fixed table, so that a command costs no
 * garbage. Invariant: a slot is either free or holds one native task and the completion that waits
 * for it.
 */
final class Slots {

  private static final int IOVEC_BYTES = 16;
  private static final Completion NOBODY = (_, _) -> {};

  private final Completion[] completions;
  private final long[] tokens;
  private final long[] tasks;
  private final boolean[] busy;
  private final int[] free;
  private final MemorySegment iovecs;
  private int freeCount;

  Slots(int depth, Arena arena) {
    completions = new Completion[depth];
    Arrays.fill(completions, NOBODY);
    tokens = new long[depth];
    tasks = new long[depth];
    busy = new boolean[depth];
    free = new int[depth];
    for (int i = 0; i < depth; i++) {
      free[i] = depth - 1 - i;
    }
    freeCount = depth;
    iovecs = arena.allocate((long) IOVEC_BYTES * depth, 8);
  }

  int busyCount() {
    return busy.length - freeCount;
  }

  boolean isFull() {
    return freeCount == 0;
  }

  int take(Completion completion, long token) {
    if (freeCount == 0) {
      throw new IllegalStateException("queue depth " + busy.length + " exceeded");
    }
    int slot = free[--freeCount];
    busy[slot] = true;
    completions[slot] = completion;
    tokens[slot] = token;
    return slot;
  }

  /** Address of the slot's {@code struct iovec}, filled with the memory of the payload. */
  long iovec(int slot, MemorySegment memory) {
    long at = (long) slot * IOVEC_BYTES;
    iovecs.set(JAVA_LONG, at, memory.address());
    iovecs.set(JAVA_LONG, at + 8, memory.byteSize());
    return iovecs.address() + at;
  }

  /** Remembers the slot's native task; the answer identifies the slot to the callback. */
  long bind(int slot, long task) {
    tasks[slot] = task;
    return slot;
  }

  long task(int slot) {
    return tasks[slot];
  }

  void giveBack(int slot) {
    busy[slot] = false;
    completions[slot] = NOBODY;
    free[freeCount++] = slot;
  }

  /** Frees the slot and tells its completion; nothing happens where the slot is free already. */
  boolean complete(int slot, CommandResult result) {
    if (!busy[slot]) {
      return false;
    }
    Completion completion = completions[slot];
    long token = tokens[slot];
    giveBack(slot);
    completion.completed(token, result);
    return true;
  }

  /** Completes everything in flight. */
  void completeAll(CommandResult result) {
    for (int slot = 0; slot < busy.length; slot++) {
      complete(slot, result);
    }
  }
}
