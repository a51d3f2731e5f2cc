package io.tharsis.logfiles.volume;

import java.util.List;
import java.util.Optional;

/**
 * How a resource at a secondary is doing, at one moment.
 *
 * @param state what it does with its log
 * @param apply what its Applier does: its replay
 * @param watermarks how far log and disks have come
 * @param space what the log takes of its space
 * @param sync what is to be synced
 * @param appliedBytes log applied to the disks since it was opened
 */
public record FollowingStatus(
    FollowingState state,
    ApplyState apply,
    ResourceStatus.Marks watermarks,
    LogSpace space,
    Sync sync,
    long appliedBytes) {

  /**
   * Space of the log.
   *
   * @param usedBytes what all logfiles take
   * @param limitBytes what they may take
   * @param heldBytes what is kept only for other members
   * @param shortage why no further logfile can be had at the moment
   * @param overlayBytes memory of the overlay
   * @param overlayLimitBytes what it should not exceed: fetching has to wait then
   */
  public record LogSpace(
      long usedBytes,
      long limitBytes,
      long heldBytes,
      Optional<String> shortage,
      long overlayBytes,
      long overlayLimitBytes) {

    /** Whether no more log should be fetched until more of it has been applied. */
    public boolean isFull() {
      return overlayBytes >= overlayLimitBytes;
    }
  }

  /**
   * What is to be synced.
   *
   * @param consistent whether the disks, with the log on top of them, are a state of the volumes
   *     that once was, whatever happens
   * @param dirtyBytes what must still be synced
   * @param newestLsn the checkpoint must reach it
   * @param problems what is in the way, tried again, for people
   */
  public record Sync(boolean consistent, long dirtyBytes, long newestLsn, List<String> problems) {}
}
