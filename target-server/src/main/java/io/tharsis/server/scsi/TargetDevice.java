package io.tharsis.server.scsi;

/**
 * A SCSI target device: the logical units behind one iSCSI target, LUN n being volume n of one
 * resource. All calls come on the owner of the resource.
 */
public interface TargetDevice {

  /** A new session: its first command meets unit attention 29/00 as after power on. */
  Nexus establish(String initiatorPort);

  /**
   * The nexus is lost (logout, connection lost, session reinstated): its tasks are aborted, no
   * result of theirs is delivered any more. {@code done} runs when none of them can have an effect
   * any more; a new login of the same initiator port waits for it.
   */
  void lose(Nexus nexus, Runnable done);

  /**
   * A command enters the task set; verdicts are given in the order of these calls. The result never
   * comes before this method has returned.
   */
  ScsiTask begin(ScsiCommand command, ScsiTask.Listener listener);

  /**
   * A task management function, SAM-5 clause 7. The answer comes when it is true: after FUNCTION
   * COMPLETE no aborted task can have an effect any more, and no result of one is delivered.
   *
   * @param taskTag of the task to abort, for ABORT_TASK
   */
  void manage(
      TaskManagement.Function function,
      Nexus nexus,
      long lun,
      int taskTag,
      TaskManagement.Listener listener);
}
