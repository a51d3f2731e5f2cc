package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.util.ArrayList;
import java.util.List;

/**
 * Unmaps the ranges of a parameter list. All of the list is checked before any of it takes effect;
 * the ranges are then unmapped side by side, and the first fault is the one that is told.
 */
final class UnmapTask extends Task implements VolumeCompletion {

  /** Bytes before the first block descriptor, SBC-3 table 111. */
  static final int HEADER_BYTES = 8;

  private static final int DESCRIPTOR_BYTES = 16;

  private final LogicalUnit unit;
  private final List<Ticket> tickets = new ArrayList<>(1);
  private int outstanding;
  private ScsiResult result = Results.GOOD;

  UnmapTask(Arrival arrival, LogicalUnit unit, int listBytes) {
    super(arrival, arrival.order(), listBytes);
    this.unit = unit;
  }

  @Override
  long bufferBytes() {
    return dataOutBytes();
  }

  @Override
  void start() {
    Sense verdict = check(data());
    if (!verdict.equals(Sense.NONE)) {
      post(Results.checkCondition(verdict));
      return;
    }
    ByteBuf list = data();
    int end = list.readerIndex() + HEADER_BYTES + descriptors(list) * DESCRIPTOR_BYTES;
    outstanding = 1;
    for (int at = list.readerIndex() + HEADER_BYTES; at < end; at += DESCRIPTOR_BYTES) {
      unmap(list.getLong(at), list.getUnsignedInt(at + 8));
    }
    outstanding--;
    if (outstanding == 0) {
      post(Results.GOOD);
    }
  }

  private void unmap(long lba, long blocks) {
    if (blocks > 0) {
      outstanding++;
      Volume volume = unit.volume();
      tickets.add(
          volume.unmap(lba << BlockSize.LOGICAL_SHIFT, blocks << BlockSize.LOGICAL_SHIFT, this));
    }
  }

  /** What is in the log already is waited for; the rest of the list takes no effect. */
  @Override
  boolean withdraw() {
    for (Ticket ticket : tickets) {
      if (ticket.cancel()) {
        outstanding--;
      }
    }
    return outstanding == 0;
  }

  /** What is wrong with a parameter list, {@link Sense#NONE} if nothing is. */
  private Sense check(ByteBuf list) {
    int received = Math.min(list.readableBytes(), dataOutBytes());
    if (received < HEADER_BYTES) {
      return Sense.PARAMETER_LIST_LENGTH;
    }
    int start = list.readerIndex();
    int dataLength = list.getUnsignedShort(start);
    int descriptorBytes = descriptors(list) * DESCRIPTOR_BYTES;
    if (HEADER_BYTES + descriptorBytes > received) {
      return Sense.PARAMETER_LIST_LENGTH;
    }
    if (dataLength < HEADER_BYTES - 2 + descriptorBytes) {
      return Sense.invalidParameter(0);
    }
    if (descriptors(list) > UnmapCommand.MAX_DESCRIPTORS) {
      return Sense.invalidParameter(2);
    }
    long total = 0;
    for (int at = HEADER_BYTES; at < HEADER_BYTES + descriptorBytes; at += DESCRIPTOR_BYTES) {
      long lba = list.getLong(start + at);
      long blocks = list.getUnsignedInt(start + at + 8);
      total += blocks;
      if (total > UnmapCommand.MAX_BLOCKS) {
        return Sense.invalidParameter(at + 8);
      }
      if (lba < 0 || lba > unit.blocks() || blocks > unit.blocks() - lba) {
        return Sense.LBA_OUT_OF_RANGE;
      }
    }
    return Sense.NONE;
  }

  /** Whole block descriptors of a list; an incomplete last one is ignored, as SBC-3 says. */
  private static int descriptors(ByteBuf list) {
    return list.getUnsignedShort(list.readerIndex() + 2) / DESCRIPTOR_BYTES;
  }

  @Override
  public void succeeded() {
    completed();
  }

  @Override
  public void failed(VolumeFault fault) {
    if (result.status() == Results.GOOD.status()) {
      result = Results.checkCondition(Sense.of(fault, Sense.NO_INFORMATION));
    }
    completed();
  }

  private void completed() {
    outstanding--;
    if (outstanding == 0) {
      end(result);
    }
  }
}
