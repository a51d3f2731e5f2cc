package io.tharsis.logfiles.seam;

import java.util.List;

/**
 * One directory of files. Names are plain (no separators). A created, renamed or deleted entry
 * survives a crash only after {@link #syncDirectory} has succeeded; until then either state of it
 * may be found.
 */
public interface Store {

  /** How diagnostics call it, for instance a path. */
  String name();

  /** All names, sorted. */
  Async<List<String>> list();

  /**
   * Creates a file of {@code sizeBytes} zeros whose blocks are allocated and written (so that later
   * writes need no space and no metadata), durable in itself but not in the directory. Fails if the
   * name exists or the space is not there, and then leaves nothing behind.
   */
  Async<Disk> create(String file, long sizeBytes);

  /** Opens an existing file for reading and writing. */
  Async<Disk> open(String file);

  /** Gives a file another name; an existing file of that name is an error. Open disks stay open. */
  Async<Void> rename(String from, String to);

  /** Removes a file that is not open. */
  Async<Void> delete(String file);

  /** Makes all entry changes so far durable. */
  Async<Void> syncDirectory();

  /** Bytes free for new files. */
  Async<Long> freeBytes();

  /**
   * Takes the exclusive lock on the directory, held until {@link #unlock}; fails if it is taken.
   */
  Async<Void> lock();

  /** Gives the lock back. */
  Async<Void> unlock();
}
