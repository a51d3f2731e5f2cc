package io.tharsis.logfiles.volume;

/** What the Applier of a resource is doing. */
public sealed interface ApplyState {

  /** Everything durable is on the disks, or waits for company. */
  record Idle() implements ApplyState {}

  /** A run is under way. */
  record Running() implements ApplyState {}

  /** An operator has stopped it: the log goes on, the disks stay as they are. */
  record Paused() implements ApplyState {}

  /** The volume has grown, and the disk is being made ready for that. */
  record DiskGrowing() implements ApplyState {}

  /** The volume has grown and the disk cannot be made so large now; tried again every second. */
  record DiskTooSmall(String reason) implements ApplyState {}

  /** The disk's file system is full; tried again every second, nothing is lost. */
  record PausedNoSpace(String reason) implements ApplyState {}

  /** The disk or the checkpoint file fails; the run is repeated every second from the log. */
  record Retrying(String reason) implements ApplyState {}

  /**
   * The log is damaged, as far as it can be read: looked at again every second. Writes are held
   * when the log space is used up.
   */
  record Stopped(String reason) implements ApplyState {}
}
