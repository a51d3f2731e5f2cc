package io.tharsis.it.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.history.Change;
import io.tharsis.it.history.LunHistory;
import io.tharsis.it.history.LunImage;
import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.Payload;
import io.tharsis.it.initiator.Stamp;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A session with a durable logical unit that books what it changes, one command at a time, so that
 * {@link #verify} knows what must be there; it goes on after the target was started again. Owned by
 * one thread.
 */
final class BookedLun implements AutoCloseable {

  private static final long VOLUME = 7;
  private static final int SECTORS = LunImage.BLOCK_BYTES / 512;
  private static final String NAME = "iqn.2026-11.io.tharsis.it:trouble";

  private final int blocks;
  private final LunHistory history;
  private Initiator initiator;

  BookedLun(IscsiUrl url, int blocks) throws IOException {
    this.blocks = blocks;
    history = new LunHistory(VOLUME, blocks, LunHistory.Promise.STABLE_WHEN_GOOD);
    initiator = Initiator.connect(url, InitiatorSettings.named(NAME));
  }

  /** Goes on with a target that was started again, after looking at what it has kept. */
  void reconnect(IscsiUrl url) throws IOException {
    initiator.abort();
    initiator = Initiator.connect(url, InitiatorSettings.named(NAME));
    verify();
  }

  /** Reads everything and compares with the book. */
  void verify() throws IOException {
    accept(LunImage.ofLun(initiator, VOLUME, blocks));
  }

  /** The same with the disk file of a target that has stopped. */
  void verify(Path disk) throws IOException {
    accept(LunImage.ofFile(disk, VOLUME, blocks));
  }

  private void accept(LunImage seen) {
    assertThat(history.violations(seen)).isEmpty();
    history.settle(seen);
  }

  /** Writes blocks of 4 KiB; the result tells whether they must be there from now on. */
  CommandResult write(int from, int count) throws IOException {
    Change change = history.issue(Change.Kind.WRITE, from, from + count);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate((long) count * LunImage.BLOCK_BYTES);
      for (int i = 0; i < count; i++) {
        new Stamp(VOLUME, from + i, change.sequence())
            .fill(data.asSlice((long) i * LunImage.BLOCK_BYTES, LunImage.BLOCK_BYTES));
      }
      Cdb cdb = Cdb.write16((long) from * SECTORS, count * SECTORS, false);
      return booked(change, initiator.execute(cdb, Payload.out(data)));
    }
  }

  /** Writes that have to be answered with GOOD, in pieces of at most 1 MiB. */
  void writeAll(int from, int to) throws IOException {
    for (int at = from; at < to; at += 256) {
      CommandResult result = write(at, Math.min(256, to - at));
      assertThat(result.isGood()).as("write at block %d: %s", at, result).isTrue();
    }
  }

  /** Unmaps blocks of 4 KiB. */
  CommandResult unmap(int from, int count) throws IOException {
    Change change = history.issue(Change.Kind.UNMAP, from, from + count);
    ByteBuffer list = ByteBuffer.allocateDirect(24);
    list.putShort((short) 22).putShort((short) 16).putInt(0);
    list.putLong((long) from * SECTORS).putInt(count * SECTORS).putInt(0);
    return booked(
        change,
        initiator.execute(
            Cdb.unmap(list.capacity()), Payload.out(MemorySegment.ofBuffer(list.flip()))));
  }

  private CommandResult booked(Change change, CommandResult result) {
    if (result.isGood()) {
      history.acknowledged(change, false);
    }
    return result;
  }

  /** Reads blocks of 4 KiB and forgets them. */
  CommandResult read(int from, int count) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate((long) count * LunImage.BLOCK_BYTES);
      return initiator.execute(
          Cdb.read16((long) from * SECTORS, count * SECTORS), Payload.in(data));
    }
  }

  /** Key, code and qualifier, as in {@code 3/0C/00}, or the status where there is none. */
  static String sense(CommandResult result) {
    return result.sense().map(Object::toString).orElse(result.status().name());
  }

  @Override
  public void close() {
    initiator.close();
  }
}
