package io.tharsis.logfiles.sim;

/** What can go wrong with one operation of a simulated disk or directory. */
public enum Fault {
  /** A read fails with EIO. */
  READ_ERROR,
  /** A read returns one flipped bit; the medium is sound. */
  ROTTEN_READ,
  /** A write fails with EIO after part of it may have been done. */
  WRITE_ERROR,
  /** A write succeeds and was never done. */
  LOST_WRITE,
  /** A write succeeds and went elsewhere on the same disk. */
  MISDIRECTED_WRITE,
  /**
   * A sync fails with EIO. What it should have made durable is forgotten: reads show it until the
   * host loses power or the cache is dropped, and the next sync succeeds without it.
   */
  SYNC_ERROR,
  /** A sync succeeds and did nothing, like a disk with a volatile cache that ignores flushes. */
  LYING_SYNC,
  /** A punch fails with EIO. */
  PUNCH_ERROR,
  /** An operation takes a thousand times as long. */
  SLOW,
  /** An operation takes a minute. */
  STUCK,
  /** Opening a file fails with EIO. */
  OPEN_ERROR,
  /** Creating a file fails with EIO. */
  CREATE_ERROR,
  /** Renaming a file fails with EIO. */
  RENAME_ERROR,
  /** Deleting a file fails with EIO. */
  DELETE_ERROR,
  /** Listing a directory fails with EIO. */
  LIST_ERROR,
  /** Syncing a directory fails with EIO; its changes stay un-synced. */
  DIRECTORY_SYNC_ERROR
}
