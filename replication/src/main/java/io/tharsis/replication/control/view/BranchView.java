package io.tharsis.replication.control.view;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a replica has that others have not, as it is shown.
 *
 * @param loss what would be given up if this side of a split was; empty if there is no split
 * @param kept of splits that are over, those that were kept first
 */
public record BranchView(Optional<Loss> loss, List<Kept> kept) {

  /** Nothing. */
  public static final BranchView NONE = new BranchView(Optional.empty(), List.of());

  /**
   * What one side of a split has alone.
   *
   * @param forkLsn where both sides part
   * @param bytes of log from there on
   * @param firstMillis wall clock of the first write, milliseconds since 1970-01-01 UTC; 0 if there
   *     is none
   * @param lastMillis of the last one
   * @param touchedBytes of the volume, in whole regions
   */
  public record Loss(
      long forkLsn, long bytes, long firstMillis, long lastMillis, long touchedBytes) {}

  /**
   * A branch that is kept beside the log.
   *
   * @param name of the branch
   * @param epoch number of the newest epoch in it
   * @param fromLsn where it begins
   * @param toLsn where it ends
   * @param fileBytes that it takes of the file system; not counted as space of the log
   * @param age how long it has been kept
   * @param rest how long it will be
   */
  public record Kept(
      String name,
      long epoch,
      long fromLsn,
      long toLsn,
      long fileBytes,
      Duration age,
      Duration rest) {}

  /** A list that nobody changes. */
  public BranchView {
    kept = List.copyOf(kept);
  }
}
