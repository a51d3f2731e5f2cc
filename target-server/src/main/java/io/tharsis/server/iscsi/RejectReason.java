package io.tharsis.server.iscsi;

/** Why a PDU is rejected, RFC 7143 11.17.1. */
public enum RejectReason {
  SNACK_REJECT(0x03),
  PROTOCOL_ERROR(0x04),
  COMMAND_NOT_SUPPORTED(0x05),
  IMMEDIATE_COMMAND_REJECT(0x06),
  TASK_IN_PROGRESS(0x07),
  INVALID_PDU_FIELD(0x09),
  LONG_OPERATION_REJECT(0x0a);

  private final int code;

  RejectReason(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }
}
