package io.tharsis.it.kill;

import io.tharsis.it.history.Change;
import io.tharsis.it.history.LunHistory;
import io.tharsis.it.history.LunImage;
import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.ConnectionLostException;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.Payload;
import io.tharsis.it.initiator.Stamp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * Random writes of 4 KiB to 1 MiB, some with FUA, unmaps, flushes and reads, as many in flight as
 * the initiator allows, booked in a history. Owned by one thread; close it after its initiator.
 */
final class MixedLoad implements AutoCloseable {

  private static final int SECTORS = LunImage.BLOCK_BYTES / 512;
  private static final int MAX_DOUBLINGS = 8;
  private static final int SLOT_BYTES = LunImage.BLOCK_BYTES << MAX_DOUBLINGS;
  private static final int UNMAP_LIST_BYTES = 24;
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Takes what happens to the commands, on the thread of the load. */
  interface Observer {
    /** A command was answered with GOOD. */
    void good();

    /** A command ended otherwise. */
    void notGood(String command, CommandResult result);
  }

  private final Initiator initiator;
  private final LunHistory history;
  private final long volume;
  private final int blocks;
  private final SplittableRandom random;
  private final Observer observer;
  private final Arena arena = Arena.ofConfined();
  private final Deque<MemorySegment> idle = new ArrayDeque<>();

  MixedLoad(
      Initiator initiator,
      LunHistory history,
      Extent extent,
      SplittableRandom random,
      Observer observer) {
    this.initiator = initiator;
    this.history = history;
    this.volume = extent.volume;
    this.blocks = extent.blocks;
    this.random = random;
    this.observer = observer;
    for (int slot = 0; slot < initiator.queueDepth(); slot++) {
      idle.add(arena.allocate(SLOT_BYTES, LunImage.BLOCK_BYTES));
    }
  }

  /**
   * What is written to.
   *
   * @param volume that the stamps name
   * @param blocks its size
   */
  record Extent(long volume, int blocks) {}

  /** Fills the queue and waits for something to complete. */
  void turn(int timeoutMillis) throws ConnectionLostException {
    while (!idle.isEmpty()) {
      submit();
    }
    initiator.poll(timeoutMillis);
  }

  private void submit() {
    int kind = random.nextInt(100);
    int count = 1 << random.nextInt(random.nextInt(MAX_DOUBLINGS + 1) + 1);
    int from = random.nextInt(blocks - count + 1);
    MemorySegment memory = idle.remove();
    if (kind < 70) {
      write(memory, from, count, random.nextInt(10) == 0);
    } else if (kind < 80) {
      unmap(memory, from, count);
    } else if (kind < 85) {
      flush(memory);
    } else {
      read(memory, from, count);
    }
  }

  private void write(MemorySegment memory, int from, int count, boolean fua) {
    Change change = history.issue(Change.Kind.WRITE, from, from + count);
    MemorySegment data = memory.asSlice(0, (long) count * LunImage.BLOCK_BYTES);
    for (int i = 0; i < count; i++) {
      new Stamp(volume, from + i, change.sequence())
          .fill(data.asSlice((long) i * LunImage.BLOCK_BYTES, LunImage.BLOCK_BYTES));
    }
    Cdb cdb = Cdb.write16((long) from * SECTORS, count * SECTORS, fua);
    submit(cdb, Payload.out(data), memory, () -> history.acknowledged(change, fua));
  }

  private void unmap(MemorySegment memory, int from, int count) {
    Change change = history.issue(Change.Kind.UNMAP, from, from + count);
    MemorySegment list = memory.asSlice(0, UNMAP_LIST_BYTES).fill((byte) 0);
    list.set(U16, 0, (short) (UNMAP_LIST_BYTES - 2));
    list.set(U16, 2, (short) 16);
    list.set(U64, 8, (long) from * SECTORS);
    list.set(U32, 16, count * SECTORS);
    submit(
        Cdb.unmap(UNMAP_LIST_BYTES),
        Payload.out(list),
        memory,
        () -> history.acknowledged(change, false));
  }

  private void flush(MemorySegment memory) {
    long token = history.issueFlush();
    submit(Cdb.synchronizeCache10(0, 0), Payload.NONE, memory, () -> history.flushed(token));
  }

  private void read(MemorySegment memory, int from, int count) {
    MemorySegment data = memory.asSlice(0, (long) count * LunImage.BLOCK_BYTES);
    submit(
        Cdb.read16((long) from * SECTORS, count * SECTORS),
        Payload.in(data),
        memory,
        () -> {
          for (int i = 0; i < count; i++) {
            MemorySegment block =
                data.asSlice((long) i * LunImage.BLOCK_BYTES, LunImage.BLOCK_BYTES);
            if (LunImage.sequenceOf(block, volume, from + i) == LunImage.FOREIGN) {
              throw new AssertionError(
                  "a READ under load found bytes nobody wrote at block " + (from + i));
            }
          }
        });
  }

  private void submit(Cdb cdb, Payload payload, MemorySegment slot, Runnable whenGood) {
    initiator.submit(
        cdb,
        payload,
        (_, result) -> {
          idle.add(slot);
          if (result.isGood()) {
            whenGood.run();
            observer.good();
          } else {
            observer.notGood(cdb.toString(), result);
          }
        },
        0);
  }

  @Override
  public void close() {
    arena.close();
  }
}
