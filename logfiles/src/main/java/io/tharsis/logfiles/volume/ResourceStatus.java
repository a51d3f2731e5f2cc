package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Watermarks;
import java.util.Optional;

/**
 * How a resource is doing, at one moment.
 *
 * @param state what it does for initiators
 * @param apply what its Applier does
 * @param watermarks how far log and disks have come
 * @param space what the log takes of its space
 * @param answering which answers wait for members
 * @param traffic what has gone through since it was opened
 */
public record ResourceStatus(
    ResourceState state,
    ApplyState apply,
    Marks watermarks,
    LogSpace space,
    Answering answering,
    Traffic traffic) {

  /**
   * Answers to changes that are durable here, see {@link Answers}.
   *
   * @param waiting how many wait for more than that
   * @param degraded whether none waits although more than that is promised
   */
  public record Answering(int waiting, boolean degraded) {}

  /**
   * Positions in the log, see {@link io.tharsis.logfiles.log.Watermarks}.
   *
   * @param unappliedBytes log that the disks do not have yet
   */
  public record Marks(
      long retained,
      long checkpoint,
      long horizon,
      long durable,
      long appended,
      long unappliedBytes) {

    static Marks of(Watermarks marks) {
      return new Marks(
          marks.retained(),
          marks.checkpoint(),
          marks.horizon(),
          marks.durable(),
          marks.appended(),
          marks.backlogBytes());
    }
  }

  /**
   * Space of the log.
   *
   * @param usedBytes what all logfiles take
   * @param limitBytes what they may take
   * @param shortage why no further logfile can be had at the moment
   * @param overlayBytes memory of the overlay
   * @param heldChanges changes that wait for room
   */
  public record LogSpace(
      long usedBytes,
      long limitBytes,
      Optional<String> shortage,
      long overlayBytes,
      int heldChanges) {}

  /**
   * Counts since the resource was opened.
   *
   * @param appendedBytes log appended
   * @param appliedBytes log applied to the disks
   */
  public record Traffic(
      long reads,
      long readBytes,
      long writes,
      long writtenBytes,
      long appendedBytes,
      long appliedBytes) {}
}
