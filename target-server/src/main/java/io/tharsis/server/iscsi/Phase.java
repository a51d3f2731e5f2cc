package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;

/** What a connection is in; receives its PDUs. Confined to the connection's loop. */
sealed interface Phase extends PduReader.Sink permits LoginPhase, FullFeaturePhase {

  /** A PDU was against the rules and is not handled; the connection goes on unless closed. */
  void violated(ProtocolViolation violation, Bhs bhs);

  /** The connection takes data again. */
  void writable();

  /** Stops beginning things; {@code done} runs when what was begun is answered. */
  void drain(Runnable done);

  /** The connection is no more. */
  void closed();

  @Override
  default PduReader.Landing header(Bhs bhs) {
    return PduReader.GATHER;
  }

  @Override
  void pdu(Bhs bhs, ByteBuf data);
}
