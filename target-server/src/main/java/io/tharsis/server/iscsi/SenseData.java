package io.tharsis.server.iscsi;

import io.netty.buffer.Unpooled;
import io.tharsis.server.scsi.ScsiResult;

/** What the transport itself finds wrong with a command's data, RFC 7143 11.4.7.2. */
enum SenseData {
  UNEXPECTED_UNSOLICITED_DATA(0x0c, 0x0c),
  INCORRECT_AMOUNT_OF_DATA(0x0c, 0x0d),
  PROTOCOL_SERVICE_CRC_ERROR(0x47, 0x05);

  private static final int CHECK_CONDITION = 0x02;
  private static final int FIXED_CURRENT = 0x70;
  private static final int ABORTED_COMMAND = 0x0b;
  private static final int BYTES = 18;

  private final int code;
  private final int qualifier;

  SenseData(int code, int qualifier) {
    this.code = code;
    this.qualifier = qualifier;
  }

  /** CHECK CONDITION, ABORTED COMMAND with this code. */
  ScsiResult result() {
    byte[] sense = new byte[BYTES];
    sense[0] = FIXED_CURRENT;
    sense[2] = ABORTED_COMMAND;
    sense[7] = BYTES - 8;
    sense[12] = (byte) code;
    sense[13] = (byte) qualifier;
    return new ScsiResult(CHECK_CONDITION, sense, Unpooled.EMPTY_BUFFER);
  }
}
