package io.tharsis.it.initiator;

/** How a command ended: a SCSI status (SAM-5, 5.3.1), or the reason why there is none. */
public enum CommandStatus {
  GOOD(0x00),
  CHECK_CONDITION(0x02),
  CONDITION_MET(0x04),
  BUSY(0x08),
  RESERVATION_CONFLICT(0x18),
  TASK_SET_FULL(0x28),
  ACA_ACTIVE(0x30),
  TASK_ABORTED(0x40),
  /**
   * No answer, and there will be none: the connection broke or the task was aborted. The write may
   * or may not exist.
   */
  LOST(0x0f00_0000),
  /** No answer: the target refused the PDU or broke the protocol. */
  FAILED(0x0f00_0001),
  /** No answer within the limit of the settings. */
  TIMED_OUT(0x0f00_0002),
  /** A status that no standard names. */
  UNKNOWN(-1);

  private final int code;

  CommandStatus(int code) {
    this.code = code;
  }

  static CommandStatus of(int code) {
    for (CommandStatus status : values()) {
      if (status.code == code) {
        return status;
      }
    }
    return UNKNOWN;
  }

  /** Whether the target itself said so. */
  public boolean isAnswer() {
    return code >= 0 && code < 0x100;
  }
}
