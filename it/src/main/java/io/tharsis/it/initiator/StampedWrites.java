package io.tharsis.it.initiator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Keeps stamped random writes in flight and books them in a ledger, so that a test can kill the
 * target at any moment and know what must be there afterwards. Owned by one thread; does not own
 * the initiator, and outlives it: the memory of writes in flight is released by {@link #close},
 * after the initiator is closed.
 */
public final class StampedWrites implements AutoCloseable {

  /** Size of a stamped block, the unit of the ledger's addresses. */
  public static final int STAMPED_BYTES = 4096;

  /** Longest write, in stamped blocks. */
  private static final int MAX_BLOCKS = 4;

  private final Initiator initiator;
  private final WriteLedger ledger;
  private final long blocks;
  private final int sectorsPerBlock;
  private final SplittableRandom random;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment[] memory;
  private final long[] sequences;
  private final int[] idle;
  private int idleCount;
  private long completedCount;

  /**
   * Fills the initiator's queue depth, less one.
   *
   * @param capacity of the logical unit, all of which is written to
   * @param seed of the choice of blocks
   */
  public StampedWrites(
      Initiator initiator, WriteLedger ledger, ScsiDevice.Capacity capacity, long seed) {
    this.initiator = initiator;
    this.ledger = ledger;
    blocks = capacity.bytes() / STAMPED_BYTES;
    sectorsPerBlock = STAMPED_BYTES / capacity.blockBytes();
    random = new SplittableRandom(seed);
    int depth = initiator.queueDepth() - 1;
    memory = new MemorySegment[depth];
    sequences = new long[depth];
    idle = new int[depth];
    for (int slot = 0; slot < depth; slot++) {
      memory[slot] = arena.allocate((long) MAX_BLOCKS * STAMPED_BYTES, STAMPED_BYTES);
      idle[slot] = slot;
    }
    idleCount = depth;
  }

  /**
   * Submits as much as the depth allows and waits for the next completion.
   *
   * @throws ConnectionLostException where the target went away; every write has completed then
   */
  public void turn(int timeoutMillis) throws ConnectionLostException {
    while (idleCount > 0) {
      submit(idle[--idleCount]);
    }
    initiator.poll(timeoutMillis);
  }

  private void submit(int slot) {
    int count = 1 + random.nextInt(MAX_BLOCKS);
    long block = random.nextLong(blocks - count);
    long sequence = ledger.issue(block, count);
    sequences[slot] = sequence;
    for (int i = 0; i < count; i++) {
      new Stamp(ledger.volume(), block + i, sequence)
          .fill(memory[slot].asSlice((long) i * STAMPED_BYTES, STAMPED_BYTES));
    }
    initiator.submit(
        Cdb.write16(block * sectorsPerBlock, count * sectorsPerBlock, false),
        Payload.out(memory[slot].asSlice(0, (long) count * STAMPED_BYTES)),
        this::completed,
        slot);
  }

  private void completed(long slot, CommandResult result) {
    completedCount++;
    if (result.isGood()) {
      ledger.acknowledged(sequences[(int) slot], false);
    }
    idle[idleCount++] = (int) slot;
  }

  /** Writes that ended, with or without an acknowledgement. */
  public long completedCount() {
    return completedCount;
  }

  /** The stamp of one block as another session reads it. */
  public static Optional<Stamp> stampOf(byte[] block) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment copy = scratch.allocate(block.length);
      copy.copyFrom(MemorySegment.ofArray(block));
      return Stamp.read(copy);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
