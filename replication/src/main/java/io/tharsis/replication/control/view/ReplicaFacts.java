package io.tharsis.replication.control.view;

import io.tharsis.replication.control.Switches;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one replica, by the node that is asked; everything that can be seen follows from
 * it. A value, made by the node at one moment.
 *
 * @param host name of the node that has it
 * @param standing its membership and role
 * @param disk its disk
 * @param switches what the operator lets it do
 * @param log its log
 * @param primary what is known of the primary
 * @param work what it is doing, and how fast
 * @param freshness how old all of this is
 */
public record ReplicaFacts(
    String host,
    Standing standing,
    Disk disk,
    Switches switches,
    Log log,
    Primary primary,
    Work work,
    Freshness freshness) {

  /**
   * Membership and role.
   *
   * @param member whether the resource's member list holds it
   * @param designated whether the directory names it as the primary
   * @param serving whether it is what initiators write to now
   * @param exported whether its node offers the LUN
   * @param claims how many primaries the directory knows of; 2 or more is a split
   */
  public record Standing(
      boolean member, boolean designated, boolean serving, boolean exported, int claims) {}

  /**
   * The disk.
   *
   * @param present whether it is there
   * @param attached whether it is in use
   * @param error the last error it gave; empty if none
   * @param sizeBytes of the volume on it
   * @param dirtyBytes what of it must be copied before it is one moment of the primary's life
   */
  public record Disk(
      boolean present, boolean attached, Optional<String> error, long sizeBytes, long dirtyBytes) {}

  /**
   * The log.
   *
   * @param durableLsn everything below is here
   * @param checkpointLsn everything below is on the disk
   * @param consistentFromLsn the disk is consistent from this checkpoint on: the maximum of all
   *     stamps of a sync
   * @param staged the log that comes beside this one, which is not touched; empty if none does
   * @param contentTime the primary's clock at the moment that the disk shows
   * @param trouble why it cannot go on; empty if it can
   * @param shortage why there is no room for more log; empty if there is
   */
  public record Log(
      long durableLsn,
      long checkpointLsn,
      long consistentFromLsn,
      Optional<Staged> staged,
      Instant contentTime,
      Optional<Trouble> trouble,
      Optional<String> shortage) {}

  /**
   * What is staged beside a consistent copy, to take its place.
   *
   * @param baseLsn where its log begins
   * @param durableLsn everything from there to here is in it
   */
  public record Staged(long baseLsn, long durableLsn) {}

  /** Why a log cannot go on; the text says where. */
  public record Trouble(Kind kind, String text) {
    /** What is wrong with it. */
    public enum Kind {
      /** A record that must be there cannot be read, here and at every member. */
      DEFECTIVE,
      /** It ends before what others know it to have acknowledged. */
      SUSPECT,
      /** It goes beyond a fork with the primary's. */
      BRANCH,
      /** What it needs next is kept by no member any more. */
      ORPHAN
    }
  }

  /**
   * The primary of the resource.
   *
   * @param host the designated one; empty if there is none
   * @param reachable whether log can be fetched from it or from another member now
   * @param durableLsn how far it was durable when it was last heard of
   * @param durableTime its clock then
   * @param writeBytesPerSecond how fast its log grows
   * @param age how long ago it was heard of; empty if not since the node that is asked was started
   */
  public record Primary(
      Optional<String> host,
      boolean reachable,
      long durableLsn,
      Instant durableTime,
      long writeBytesPerSecond,
      Optional<Duration> age) {}

  /**
   * Work under way.
   *
   * @param syncTotalBytes what the sync under way had to look at; 0 without one
   * @param syncRestBytes what of it is left, staged parts included
   */
  public record Work(
      long syncTotalBytes,
      long syncRestBytes,
      long syncBytesPerSecond,
      long fetchBytesPerSecond,
      long replayBytesPerSecond) {}

  /**
   * How old information is.
   *
   * @param age of what the replica has told about itself
   * @param limit beyond which a node counts as silent
   */
  public record Freshness(Duration age, Duration limit) {}

  boolean isStaging() {
    return log.staged().isPresent();
  }

  /** Log that is missing here, of the one that is fetched. */
  long missingBytes() {
    long durable = log.staged().map(Staged::durableLsn).orElse(log.durableLsn());
    return Math.max(0, primary.durableLsn() - durable);
  }

  /** Log that is here and not on the disk, and will be put there. */
  long unappliedBytes() {
    return log.staged()
        .map(it -> it.durableLsn() - it.baseLsn())
        .orElseGet(() -> Math.max(0, log.durableLsn() - log.checkpointLsn()));
  }

  boolean isFetched() {
    return missingBytes() == 0;
  }

  /** Not before what is staged is on the disk. */
  boolean isReplayed() {
    return unappliedBytes() == 0 && !isStaging();
  }

  /** Not before what is staged is on the disk. */
  boolean isSynced() {
    return work.syncRestBytes() == 0 && disk.dirtyBytes() == 0 && !isStaging();
  }

  /** The disk, together with the log that is here, is one moment of the primary's life. */
  public boolean isConsistent() {
    return disk.dirtyBytes() == 0 && log.checkpointLsn() >= log.consistentFromLsn();
  }

  /** Nobody knows how it is now. */
  public boolean isSilent() {
    return freshness.age().compareTo(freshness.limit()) > 0;
  }

  boolean isPrimarySilent() {
    return primary.age().filter(age -> age.compareTo(freshness.limit()) <= 0).isEmpty();
  }

  boolean hasTrouble(Trouble.Kind kind) {
    return log.trouble().filter(trouble -> trouble.kind() == kind).isPresent();
  }

  String troubleText() {
    return log.trouble().map(Trouble::text).orElse("");
  }
}
