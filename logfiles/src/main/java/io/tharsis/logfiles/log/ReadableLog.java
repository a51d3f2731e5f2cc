package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Owner;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The log of one resource as everybody sees it who does not append to it: the Applier, readers of
 * what is not applied yet, shippers; whether it is written here ({@link Log}) or received from
 * another member ({@link ReceivedLog}). Lives on the resource's owner; all methods are called
 * there.
 */
public sealed interface ReadableLog permits Log, ReceivedLog {

  /** Owner of the log and everything on it. */
  Owner owner();

  /** Id of the resource. */
  UUID resourceId();

  /** The log's limits. */
  LogLimits limits();

  /** How far the log has come. */
  Watermarks marks();

  /** Buffers for reading records back. */
  ReadBuffers readBuffers();

  /** The checkpoint in force. */
  Checkpoint checkpoint();

  /** The epochs that the log went through, as far as its newest state snapshot tells. */
  Lineage lineage();

  /** Space that all logfiles take, in bytes. */
  long usedBytes();

  /** Why no further logfile can be had at the moment. */
  Optional<String> shortage();

  /** Why the log takes no records any more. */
  Optional<String> stopReason();

  /** Summaries that could not be kept since the log was opened. */
  long summariesLost();

  /** The logfile that holds a position. */
  Optional<Logfile> find(long lsn);

  /** Keeps the logfile that holds a position from being recycled until it is unpinned. */
  Logfile pin(long lsn);

  /** Gives a pinned logfile back. */
  void unpin(Logfile file);

  /** What ties the records of a logfile to it. */
  RecordSeed seedOf(Logfile file);

  /**
   * Makes a new checkpoint and horizon durable, then moves the watermarks.
   *
   * @param applied what the disks hold at the checkpoint, for attaching to verify
   */
  Async<Void> moveCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied);

  /**
   * The checkpoint in force says no more what the disks hold: others than the Applier are going to
   * write to them.
   */
  Async<Void> forgetApplied();

  /**
   * From its next update on, which this is, the checkpoint says that the disk of a volume is
   * larger: whoever comes with a smaller one is refused.
   */
  Async<Void> stampDisk(DiskStamp larger);

  /**
   * No reader will look for anything below {@code lsn} in the log any more. The checkpoint is there
   * already; it moves first, and readers go to the log until they are told of it.
   */
  void release(long lsn);

  /**
   * Keeps the log from {@code lsn} on for other members, though it is applied here. Replaces what
   * was said before; {@code Long.MAX_VALUE}, as at first, keeps nothing for anybody. To be said in
   * the message in which the log was begun, because recycling goes on in later ones. When the space
   * limit is met the listener hears that space is short, and decides who is given up.
   */
  void retainFrom(long lsn);

  /** Bytes of logfiles that are kept only because of {@link #retainFrom}. */
  long heldBytes();

  /**
   * What has changed between two places of the log, from summaries, which outlive the logfiles.
   * Empty where they do not reach back so far.
   *
   * @param toLsn base of a logfile
   */
  Async<Optional<Delta>> changed(long fromLsn, long toLsn);

  /** What other members fetch this log from. */
  ShippedLog shipped();

  /** Calls back when everything below {@code lsn} is durable. */
  void whenDurable(long lsn, Completion done);

  /** Gives log space beyond the working set back, one logfile per call; for an idle resource. */
  void trim();

  /**
   * Gives all log space back that is beyond the working set and that nobody needs; yields how much,
   * in bytes. What is not given back is held by what is not applied yet, by readers, or by {@link
   * #retainFrom}.
   */
  Async<Long> trimAll();

  /** Closes all files and gives the lock back; readers are done. */
  Async<Void> close();
}
