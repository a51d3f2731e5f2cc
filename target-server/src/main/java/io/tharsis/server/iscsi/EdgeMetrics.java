package io.tharsis.server.iscsi;

/** Counts what happens at the edge. Called on every loop: implementations are thread-safe, fast. */
public interface EdgeMetrics {

  /** Counts nothing. */
  EdgeMetrics NONE = new EdgeMetrics() {};

  /** A connection was accepted. */
  default void connectionOpened() {}

  /** A connection has ended. */
  default void connectionClosed() {}

  /** A connection was refused because the portal has as many as it may have. */
  default void connectionRefused() {}

  /** A login ended in full feature phase. */
  default void loginSucceeded() {}

  /** A login was refused; {@code status} is the class in the high byte, the detail in the low. */
  default void loginFailed(int status) {}

  /** Bytes came from an initiator. */
  default void bytesIn(int bytes) {}

  /** A PDU came; {@code opcode} as on the wire. */
  default void pduIn(int opcode) {}

  /** A PDU of so many bytes, header, data and padding, was given to the transport. */
  default void pduOut(int bytes) {}

  /** A PDU was rejected. */
  default void rejected(RejectReason reason) {}

  /** A command had to wait because the memory for transfers was used up. */
  default void commandHeldBack() {}
}
