package io.tharsis.logfiles.seam;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One open file or block device. Operations may overlap and complete in any order; each completes
 * on the owner the disk was opened for. Whoever opened it closes it, after everything started on it
 * has completed.
 */
public interface Disk {

  /** How diagnostics call it, for instance a path. */
  String name();

  /**
   * Size in bytes when it was opened, or as {@link #grow} found it since. A file does not grow by
   * writing: out of range fails.
   */
  long sizeBytes();

  /**
   * Sees to it that there are at least {@code sizeBytes} bytes, durably. A file is made longer,
   * what is new reads as zeros and needs no space yet; of a block device the size is looked at
   * again, and what it holds there is unknown. Fails if it cannot be that large now; less than
   * there is already changes nothing.
   */
  Async<Void> grow(long sizeBytes);

  /**
   * What stays the same for this file or device as long as it is the same one, across restarts and
   * renames (inode and birth time, a device's number); used to refuse a foreign disk.
   */
  String identity();

  /**
   * Fills the remaining bytes of {@code into} (direct) from {@code offset}; its position is left.
   */
  void read(ByteBuffer into, long offset, Completion done);

  /**
   * Writes all extents; they may reach the medium in any order. With {@link Durability#DURABLE}
   * success means that all of them are on stable storage.
   */
  void write(List<Extent> extents, Durability durability, Completion done);

  /** Makes every write that completed before this call durable. */
  void sync(Completion done);

  /**
   * Makes the range read as zeros, giving the space back where the host can. Not durable by itself.
   */
  void punch(Range range, Completion done);

  /**
   * Ranges that have space allocated, ascending and disjoint; writes elsewhere need free space. A
   * block device, or a file system that cannot tell, has everything allocated.
   */
  Async<List<Range>> allocated();

  /**
   * Free bytes that writes to unallocated ranges can draw on; {@code Long.MAX_VALUE} if none
   * needed.
   */
  Async<Long> freeBytes();

  /** Closes it and gives back its lock. Everything started on it has completed. */
  Async<Void> close();
}
