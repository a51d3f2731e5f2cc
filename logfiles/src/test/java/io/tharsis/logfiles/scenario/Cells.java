package io.tharsis.logfiles.scenario;

import java.util.List;

/**
 * Numbers everything a resource keeps: each block of each volume, and behind them the state of each
 * volume, is one cell.
 *
 * @param volumeBytes sizes of the volumes
 */
record Cells(List<Integer> volumeBytes) {

  Cells {
    volumeBytes = List.copyOf(volumeBytes);
  }

  /** How many there are. */
  int count() {
    return first(volumeBytes.size());
  }

  int volumes() {
    return volumeBytes.size();
  }

  int blocks(int volume) {
    return volumeBytes.get(volume) / Stamp.BYTES;
  }

  /** The cell of a volume's first block. */
  int first(int volume) {
    int cell = 0;
    for (int before = 0; before < volume; before++) {
      cell += blocks(before) + 1;
    }
    return cell;
  }

  /** The cell of a block, given by its offset in bytes. */
  int block(int volume, long offset) {
    return first(volume) + Math.toIntExact(offset / Stamp.BYTES);
  }

  /** The cell of a volume's state. */
  int state(int volume) {
    return first(volume) + blocks(volume);
  }

  boolean isState(int cell) {
    for (int volume = 0; volume < volumes(); volume++) {
      if (cell == state(volume)) {
        return true;
      }
    }
    return false;
  }

  int volumeOf(int cell) {
    int volume = 0;
    while (cell > state(volume)) {
      volume++;
    }
    return volume;
  }

  /** How people call a cell. */
  String name(int cell) {
    int volume = volumeOf(cell);
    return cell == state(volume)
        ? "state of volume " + volume
        : "block " + (cell - first(volume)) + " of volume " + volume;
  }
}
