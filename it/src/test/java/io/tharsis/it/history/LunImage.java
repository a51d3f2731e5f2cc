package io.tharsis.it.history;

import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.Payload;
import io.tharsis.it.initiator.Stamp;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What every stamped block of a volume held at one moment: the sequence number of the write it came
 * from, {@link #ZEROS} or {@link #FOREIGN}. Filled once, then only read.
 */
public final class LunImage {

  /** Unit of the image, in bytes. */
  public static final int BLOCK_BYTES = 4096;

  /** Never written, or unmapped. */
  public static final long ZEROS = 0;

  /** Torn, rotten or of another place. */
  public static final long FOREIGN = -1;

  private static final int SECTOR_BYTES = 512;
  private static final int SECTORS = BLOCK_BYTES / SECTOR_BYTES;
  private static final int CHUNK_BLOCKS = 256;
  private static final int DEPTH = 8;
  private static final MemorySegment EMPTY = Arena.global().allocate(BLOCK_BYTES);

  private final long volume;
  private final long[] sequences;

  LunImage(long volume, int blocks) {
    this.volume = volume;
    sequences = new long[blocks];
  }

  /** Reads a whole logical unit with several commands in flight. */
  public static LunImage ofLun(Initiator initiator, long volume, int blocks) throws IOException {
    LunImage image = new LunImage(volume, blocks);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate((long) DEPTH * CHUNK_BLOCKS * BLOCK_BYTES, BLOCK_BYTES);
      CommandResult[] bad = {CommandResult.GOOD};
      for (int from = 0; from < blocks; from += DEPTH * CHUNK_BLOCKS) {
        for (int at = from;
            at < Math.min(blocks, from + DEPTH * CHUNK_BLOCKS);
            at += CHUNK_BLOCKS) {
          int first = at;
          int count = Math.min(CHUNK_BLOCKS, blocks - at);
          MemorySegment part =
              memory.asSlice((long) (at - from) * BLOCK_BYTES, (long) count * BLOCK_BYTES);
          initiator.submit(
              Cdb.read16((long) at * SECTORS, count * SECTORS),
              Payload.in(part),
              (_, result) -> {
                image.take(first, part);
                bad[0] = result.isGood() ? bad[0] : result;
              },
              0);
        }
        initiator.drain();
      }
      if (!bad[0].isGood()) {
        throw new AssertionError("a READ ended with " + bad[0]);
      }
    }
    return image;
  }

  /** Reads the disk file behind a volume that nobody serves. */
  public static LunImage ofFile(Path disk, long volume, int blocks) throws IOException {
    LunImage image = new LunImage(volume, blocks);
    try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      image.take(
          0, channel.map(FileChannel.MapMode.READ_ONLY, 0, (long) blocks * BLOCK_BYTES, arena));
    }
    return image;
  }

  private void take(int firstBlock, MemorySegment data) {
    for (int i = 0; i < data.byteSize() / BLOCK_BYTES; i++) {
      MemorySegment block = data.asSlice((long) i * BLOCK_BYTES, BLOCK_BYTES);
      sequences[firstBlock + i] = sequenceOf(block, volume, firstBlock + i);
    }
  }

  /** What one block holds. */
  public static long sequenceOf(MemorySegment block, long volume, long lba) {
    if (block.mismatch(EMPTY) < 0) {
      return ZEROS;
    }
    Optional<Stamp> stamp = Stamp.read(block);
    return stamp
        .filter(s -> s.volume() == volume && s.lba() == lba)
        .map(Stamp::sequence)
        .orElse(FOREIGN);
  }

  int blocks() {
    return sequences.length;
  }

  long at(int block) {
    return sequences[block];
  }

  /** For tests of the judgement. */
  void set(int block, long sequence) {
    sequences[block] = sequence;
  }
}
