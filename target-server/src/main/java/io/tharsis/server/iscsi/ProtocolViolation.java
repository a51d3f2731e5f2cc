package io.tharsis.server.iscsi;

/**
 * The initiator broke the protocol. Thrown while one of its PDUs is handled and caught at the one
 * boundary of the connection, which rejects that PDU and, where nothing sensible can follow, closes
 * the connection.
 */
final class ProtocolViolation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final RejectReason reason;
  private final boolean fatal;

  private ProtocolViolation(RejectReason reason, boolean fatal, String message) {
    super(message, null, false, false);
    this.reason = reason;
    this.fatal = fatal;
  }

  /** The PDU is rejected; the connection goes on. */
  static ProtocolViolation reject(RejectReason reason, String what) {
    return new ProtocolViolation(reason, false, what);
  }

  /** The PDU is rejected and the connection closed. */
  static ProtocolViolation drop(String what) {
    return new ProtocolViolation(RejectReason.PROTOCOL_ERROR, true, what);
  }

  RejectReason reason() {
    return reason;
  }

  boolean isFatal() {
    return fatal;
  }
}
