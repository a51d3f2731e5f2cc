package io.tharsis.replication.control;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The log of a resource as an inspection found it, in the words of {@code
 * docs/reference/cli-log-json.md}. A value.
 *
 * @param directory where it is
 * @param resourceId whose it is, as far as it can be told
 * @param checkpoint the checkpoint in force, if one is
 * @param poison the marker that forbids writing, or why it cannot be read
 * @param files every file for log, spare ones behind
 * @param summaries of closed logfiles
 * @param lineage the epochs the log went through, oldest first, as the newest state tells them
 * @param verdict what an opening would do
 * @param damages what is not as it should be, the first in the log first
 * @param remarks what is worth knowing and no damage
 * @param sound whether nothing is damaged and an opening would open
 */
public record LogView(
    String directory,
    Optional<String> resourceId,
    Optional<CheckpointView> checkpoint,
    Optional<PoisonView> poison,
    List<LogfileView> files,
    List<SummaryView> summaries,
    List<EpochView> lineage,
    Verdict verdict,
    List<Damage> damages,
    List<String> remarks,
    boolean sound) {

  /**
   * The checkpoint in force.
   *
   * @param sequence one more with every update
   * @param checkpointLsn everything below is on the disks
   * @param horizonLsn nothing at or above is on the disks
   * @param epoch number of the epoch that wrote it
   * @param otherSlot what the slot that is not in force holds, in words
   * @param disks which disks it speaks of
   * @param applied what was applied last, oldest first
   */
  public record CheckpointView(
      long sequence,
      long checkpointLsn,
      long horizonLsn,
      long epoch,
      String otherSlot,
      List<DiskView> disks,
      List<AppliedView> applied) {}

  /** A disk that a checkpoint speaks of; the identity may be cut. */
  public record DiskView(int volume, long sizeBytes, String fingerprint, String identity) {}

  /** A range that was applied to a disk, with the CRC32C of its content. */
  public record AppliedView(int volume, long offset, long lengthBytes, int crc) {}

  /**
   * The poison marker.
   *
   * @param logfile whose write or sync failed; empty if the marker cannot be read
   * @param lsn up to where the log was durable then
   * @param millis when, since 1970-01-01 UTC
   * @param reason in words
   */
  public record PoisonView(String logfile, long lsn, long millis, String reason) {}

  /**
   * A file for log.
   *
   * @param name of the file
   * @param sizeBytes of the file
   * @param use {@code log}, {@code history}, {@code spare}, {@code damaged} or {@code refused}
   * @param headerState what its header is, in words
   * @param header the header, if it is sound
   * @param contents its records, if it is in use for log
   */
  public record LogfileView(
      String name,
      long sizeBytes,
      String use,
      String headerState,
      Optional<HeaderView> header,
      Optional<ContentsView> contents) {}

  /**
   * The header of a logfile.
   *
   * @param number of the logfile
   * @param baseLsn LSN of its first record
   * @param writer name of the node that wrote it
   * @param writerId id of that node
   * @param incarnation the start of its daemon
   * @param createdMillis when, since 1970-01-01 UTC
   * @param epoch in which it was written
   * @param predecessorEndLsn where the logfile before it ended
   * @param predecessorDigest chain digest up to there
   */
  public record HeaderView(
      long number,
      long baseLsn,
      String writer,
      String writerId,
      String incarnation,
      long createdMillis,
      EpochView epoch,
      long predecessorEndLsn,
      String predecessorDigest) {}

  /**
   * The whole records of a logfile.
   *
   * @param endLsn one past the last of them
   * @param digest chain digest there
   * @param sealed whether the file was closed in order
   * @param counts records by type, in order of the types' codes
   */
  public record ContentsView(long endLsn, String digest, boolean sealed, List<CountView> counts) {}

  /** Records of one type. */
  public record CountView(String type, long records, long payloadBytes) {}

  /** An opening of the log for writing; no parent for the first. */
  public record EpochView(
      long number, String id, String kind, long startLsn, Optional<String> parentId) {}

  /** What is kept of a closed logfile. */
  public record SummaryView(
      long number, String epochId, long baseLsn, long endLsn, String digest, long touchedBytes) {}

  /**
   * What an opening would do.
   *
   * @param opens whether it would open
   * @param code {@code OPENS}, or the stable code of the refusal
   * @param endLsn where the log would end, if it opens
   * @param sealed whether it was closed in order; only if it opens
   * @param message in words
   */
  public record Verdict(
      boolean opens, String code, OptionalLong endLsn, boolean sealed, String message) {}

  /**
   * Something that is not as it should be.
   *
   * @param file where; empty if no single file is at fault
   * @param fileOffset the place in it, where there is one
   * @param lsn the place in the log, where there is one
   * @param reason in words
   */
  public record Damage(String file, OptionalLong fileOffset, OptionalLong lsn, String reason) {}
}
