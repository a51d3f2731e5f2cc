package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The results that commands end in; statuses are SAM-5 5.3.1. */
final class Results {

  private static final byte[] NO_SENSE = {};

  static final ScsiResult GOOD = new ScsiResult(0x00, NO_SENSE, Unpooled.EMPTY_BUFFER);
  static final ScsiResult TASK_SET_FULL = new ScsiResult(0x28, NO_SENSE, Unpooled.EMPTY_BUFFER);

  private static final int CHECK_CONDITION = 0x02;

  private Results() {}

  static ScsiResult good(ByteBuf dataIn) {
    return new ScsiResult(0x00, NO_SENSE, dataIn);
  }

  /** CHECK CONDITION with fixed format sense data, as D_SENSE=0 of the control mode page says. */
  static ScsiResult checkCondition(Sense sense) {
    return new ScsiResult(CHECK_CONDITION, sense.fixed(), Unpooled.EMPTY_BUFFER);
  }
}
