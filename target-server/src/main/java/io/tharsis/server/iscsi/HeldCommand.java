package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * A received PDU that cannot be handled yet: numbers before it are missing, or memory is. Owns its
 * data, and the unsolicited Data-Out PDUs that came for it in the meantime.
 */
final class HeldCommand {

  private final Bhs bhs;
  private final ByteBuf data;
  private final List<HeldCommand> dataOuts = new ArrayList<>(0);
  private int dataOutBytes;

  /** Copies the header, retains the data. */
  HeldCommand(Bhs bhs, ByteBuf data) {
    this.bhs = bhs.copy();
    this.data = data.retain();
  }

  Bhs bhs() {
    return bhs;
  }

  ByteBuf data() {
    return data;
  }

  List<HeldCommand> dataOuts() {
    return dataOuts;
  }

  /** Whether it is the SCSI command with this tag. */
  boolean isTask(int taskTag) {
    return bhs.opcode() == Opcode.SCSI_COMMAND && bhs.initiatorTaskTag() == taskTag;
  }

  /** Keeps unsolicited data for it; violation beyond {@code maxBytes}. */
  void addDataOut(Bhs dataOut, ByteBuf bytes, int maxBytes) {
    dataOutBytes += bytes.readableBytes();
    if (dataOutBytes > maxBytes || dataOuts.size() > maxBytes / 512) {
      throw ProtocolViolation.drop("unsolicited data beyond FirstBurstLength");
    }
    dataOuts.add(new HeldCommand(dataOut, bytes));
  }

  void release() {
    data.release();
    dataOuts.forEach(HeldCommand::release);
  }
}
