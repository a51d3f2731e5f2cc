package io.tharsis.logfiles.scenario;

import static io.tharsis.logfiles.log.LogDamage.Code.CHECKPOINT_DAMAGED;
import static io.tharsis.logfiles.log.LogDamage.Code.FOREIGN_DISK;
import static io.tharsis.logfiles.log.LogDamage.Code.INCONSISTENT;
import static io.tharsis.logfiles.log.LogDamage.Code.LOG_DAMAGED;
import static io.tharsis.logfiles.log.LogDamage.Code.POISONED;
import static io.tharsis.logfiles.volume.VolumeFault.LOG_STOPPED;
import static io.tharsis.logfiles.volume.VolumeFault.READ_FAILED;
import static io.tharsis.logfiles.volume.VolumeFault.SPACE_EXHAUSTED;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.volume.VolumeFault;
import java.util.Set;

/**
 * What is done to a resource beyond crashes, and which refusals each of it excuses. This is the
 * table: a refusal that no trouble of the run excuses is a failure, and so is, whatever the
 * trouble, wrong data. A crash alone excuses nothing.
 *
 * <p>Rot and lost writes of a volume's own disk are not here: outside the ranges that attaching
 * verifies nobody below the file system above can notice them.
 */
enum Trouble {
  /** Reads of the logfiles fail now and then. */
  LOG_READ_ERROR(Lasts.FOR_A_LIFE),
  /** One write of a logfile fails: final for the log until an operator has acted. */
  LOG_WRITE_ERROR(Lasts.FOR_EVER),
  /** One sync of a logfile fails, and the page cache lies from then on. */
  LOG_SYNC_ERROR(Lasts.FOR_EVER),
  /** Logfiles are slow now and then. */
  LOG_SLOW(Lasts.FOR_A_LIFE),
  /** An operation on a logfile takes a minute. */
  LOG_STUCK(Lasts.FOR_A_LIFE),
  /** A bit of a logfile rots. */
  LOG_ROT(Lasts.FOR_EVER),
  /** A read of a logfile returns a flipped bit; during recovery that looks like rot. */
  LOG_ROTTEN_READ(Lasts.FOR_EVER),
  /** A write of a logfile is not done. */
  LOG_LOST_WRITE(Lasts.FOR_EVER),
  /** A write of a logfile goes elsewhere in the same file. */
  LOG_MISDIRECTED_WRITE(Lasts.FOR_EVER),
  /** Syncs of the logfiles do nothing. */
  LOG_LYING_SYNC(Lasts.FOR_EVER),
  /** The checkpoint file cannot be read now and then. */
  CHECKPOINT_READ_ERROR(Lasts.FOR_A_LIFE),
  /** The checkpoint file cannot be written now and then. */
  CHECKPOINT_WRITE_ERROR(Lasts.FOR_A_LIFE),
  /** Durable writes of the checkpoint file fail now and then, and the page cache lies. */
  CHECKPOINT_SYNC_ERROR(Lasts.FOR_A_LIFE),
  /** A bit of the checkpoint file rots: the older slot may need log that is gone. */
  CHECKPOINT_ROT(Lasts.FOR_EVER),
  /** The poison marker cannot be written. */
  POISON_WRITE_ERROR(Lasts.FOR_A_LIFE),
  /** A bit of the poison marker's block rots. */
  POISON_ROT(Lasts.FOR_EVER),
  /** Summaries cannot be written, or rot. */
  SUMMARY_TROUBLE(Lasts.FOR_EVER),
  /** Reads of a volume's disk fail now and then. */
  DISK_READ_ERROR(Lasts.FOR_A_LIFE),
  /** Writes of a volume's disk fail now and then. */
  DISK_WRITE_ERROR(Lasts.FOR_A_LIFE),
  /** Syncs of a volume's disk fail now and then, and the page cache lies. */
  DISK_SYNC_ERROR(Lasts.FOR_A_LIFE),
  /** Punches of a volume's disk fail now and then. */
  DISK_PUNCH_ERROR(Lasts.FOR_A_LIFE),
  /** A volume's disk is slow now and then. */
  DISK_SLOW(Lasts.FOR_A_LIFE),
  /** An operation on a volume's disk takes a minute. */
  DISK_STUCK(Lasts.FOR_A_LIFE),
  /** A foreign file fills the file system that holds log and disks. */
  FILE_SYSTEM_FULL(Lasts.FOR_A_LIFE),
  /** Entry operations of the directory fail now and then. */
  ENTRY_ERROR(Lasts.FOR_A_LIFE),
  /** The wall clock jumps. */
  CLOCK_JUMP(Lasts.FOR_A_LIFE);

  /** How long a trouble excuses what it excuses. */
  enum Lasts {
    /** Until the incarnation ends; then its cause is removed. */
    FOR_A_LIFE,
    /** To the end of the run: it has left something behind. */
    FOR_EVER
  }

  private final Lasts lasts;

  Trouble(Lasts lasts) {
    this.lasts = lasts;
  }

  Lasts lasts() {
    return lasts;
  }

  /** Whether an opening may be refused with this code. */
  boolean excuses(LogDamage.Code refusal) {
    return refusals().contains(refusal);
  }

  private Set<LogDamage.Code> refusals() {
    return switch (this) {
      case LOG_READ_ERROR,
          LOG_SLOW,
          LOG_STUCK,
          CHECKPOINT_READ_ERROR,
          CHECKPOINT_WRITE_ERROR,
          CHECKPOINT_SYNC_ERROR,
          POISON_WRITE_ERROR,
          SUMMARY_TROUBLE,
          DISK_READ_ERROR,
          DISK_WRITE_ERROR,
          DISK_SYNC_ERROR,
          DISK_PUNCH_ERROR,
          DISK_SLOW,
          DISK_STUCK,
          FILE_SYSTEM_FULL,
          ENTRY_ERROR,
          CLOCK_JUMP ->
          Set.of();
      case LOG_WRITE_ERROR, LOG_SYNC_ERROR, POISON_ROT -> Set.of(POISONED);
      case LOG_ROT, LOG_ROTTEN_READ, LOG_LOST_WRITE, LOG_MISDIRECTED_WRITE, LOG_LYING_SYNC ->
          Set.of(LOG_DAMAGED, INCONSISTENT);
      case CHECKPOINT_ROT -> Set.of(CHECKPOINT_DAMAGED, LOG_DAMAGED, INCONSISTENT, FOREIGN_DISK);
    };
  }

  /** Whether an operation may fail like this. */
  boolean excuses(VolumeFault fault) {
    return faults().contains(fault);
  }

  private Set<VolumeFault> faults() {
    return switch (this) {
      case LOG_READ_ERROR,
          LOG_ROT,
          LOG_ROTTEN_READ,
          LOG_LOST_WRITE,
          LOG_MISDIRECTED_WRITE,
          LOG_LYING_SYNC,
          DISK_READ_ERROR ->
          Set.of(READ_FAILED);
      case LOG_WRITE_ERROR, LOG_SYNC_ERROR -> Set.of(LOG_STOPPED, READ_FAILED);
      case LOG_SLOW,
          LOG_STUCK,
          CHECKPOINT_READ_ERROR,
          CHECKPOINT_WRITE_ERROR,
          CHECKPOINT_SYNC_ERROR,
          CHECKPOINT_ROT,
          POISON_WRITE_ERROR,
          POISON_ROT,
          SUMMARY_TROUBLE,
          DISK_WRITE_ERROR,
          DISK_SYNC_ERROR,
          DISK_PUNCH_ERROR,
          DISK_SLOW,
          DISK_STUCK,
          ENTRY_ERROR,
          CLOCK_JUMP ->
          Set.of();
      case FILE_SYSTEM_FULL -> Set.of(SPACE_EXHAUSTED);
    };
  }

  /** Whether an opening may fail for a while; the next attempt without the trouble succeeds. */
  boolean excusesFailedOpening() {
    return switch (this) {
      case LOG_READ_ERROR,
          LOG_WRITE_ERROR,
          LOG_SYNC_ERROR,
          CHECKPOINT_READ_ERROR,
          CHECKPOINT_WRITE_ERROR,
          CHECKPOINT_SYNC_ERROR,
          DISK_READ_ERROR,
          FILE_SYSTEM_FULL,
          ENTRY_ERROR ->
          true;
      case LOG_SLOW,
          LOG_STUCK,
          LOG_ROT,
          LOG_ROTTEN_READ,
          LOG_LOST_WRITE,
          LOG_MISDIRECTED_WRITE,
          LOG_LYING_SYNC,
          CHECKPOINT_ROT,
          POISON_WRITE_ERROR,
          POISON_ROT,
          SUMMARY_TROUBLE,
          DISK_WRITE_ERROR,
          DISK_SYNC_ERROR,
          DISK_PUNCH_ERROR,
          DISK_SLOW,
          DISK_STUCK,
          CLOCK_JUMP ->
          false;
    };
  }

  /**
   * Whether the last batches may be lost without anybody noticing: to a log without other members a
   * rotten, lost or lied-about end looks like one that was never acknowledged. What is left must
   * still be a prefix.
   */
  boolean mayLoseAcknowledged() {
    return isDamage() && this != CHECKPOINT_ROT;
  }

  /** Whether it damages what was stored, so that refusing to open is the right answer. */
  boolean isDamage() {
    return excuses(LOG_DAMAGED);
  }
}
