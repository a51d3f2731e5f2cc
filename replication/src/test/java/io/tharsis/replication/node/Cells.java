package io.tharsis.replication.node;

import java.nio.ByteBuffer;

/** The content of a simulated volume: cells, each of which says which write it is of. */
final class Cells {

  static final int BYTES = SimCluster.CELL;
  static final int COUNT = SimCluster.CELLS;
  static final long VOLUME_BYTES = SimCluster.VOLUME_BYTES;

  private Cells() {}

  /** Cells of one write. */
  static ByteBuffer of(long stamp, int cells) {
    ByteBuffer block = ByteBuffer.allocateDirect(cells * BYTES);
    while (block.hasRemaining()) {
      block.putLong(stamp);
    }
    return block.flip();
  }

  /** The stamp of each cell, or -1 where a cell is not one write. */
  static long[] stamps(ByteBuffer bytes) {
    long[] stamps = new long[COUNT];
    for (int cell = 0; cell < COUNT; cell++) {
      long first = bytes.getLong(cell * BYTES);
      boolean whole = true;
      for (int at = 0; at < BYTES && whole; at += Long.BYTES) {
        whole = bytes.getLong(cell * BYTES + at) == first;
      }
      stamps[cell] = whole ? first : -1;
    }
    return stamps;
  }
}
