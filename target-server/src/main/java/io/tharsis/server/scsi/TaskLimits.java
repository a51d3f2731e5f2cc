package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Invariant;

/**
 * How much a task set takes before it answers TASK SET FULL.
 *
 * @param tasks in the task set of one logical unit
 * @param tasksPerNexus of one nexus in all task sets
 * @param bufferBytes of data that the tasks of one task set read and write; one task alone may
 *     always run
 */
public record TaskLimits(int tasks, int tasksPerNexus, long bufferBytes) {

  /** What fits a machine with 1 GiB of direct memory. */
  public static final TaskLimits DEFAULT = new TaskLimits(1024, 512, 256L << 20);

  public TaskLimits {
    Invariant.check(tasks > 0 && tasksPerNexus > 0 && bufferBytes > 0, "task limits are positive");
  }
}
