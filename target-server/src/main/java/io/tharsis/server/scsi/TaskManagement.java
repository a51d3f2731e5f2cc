package io.tharsis.server.scsi;

/** Task management functions, SAM-5 clause 7, and their answers, RFC 7143 11.5 and 11.6. */
public final class TaskManagement {

  private TaskManagement() {}

  /** The functions that a nexus can ask of the target device. */
  public enum Function {
    ABORT_TASK,
    ABORT_TASK_SET,
    CLEAR_TASK_SET,
    LOGICAL_UNIT_RESET,
    TARGET_WARM_RESET,
    TARGET_COLD_RESET
  }

  /** What a function ended in. */
  public enum Response {
    FUNCTION_COMPLETE,
    TASK_DOES_NOT_EXIST,
    LUN_DOES_NOT_EXIST,
    FUNCTION_NOT_SUPPORTED,
    FUNCTION_REJECTED
  }

  /** Receives the response; called once, on the owner. */
  @FunctionalInterface
  public interface Listener {
    void ended(Response response);
  }
}
