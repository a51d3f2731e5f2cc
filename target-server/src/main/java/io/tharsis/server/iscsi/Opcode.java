package io.tharsis.server.iscsi;

/** PDU opcodes, RFC 7143 11.2.1.2. */
enum Opcode {
  NOP_OUT(0x00),
  SCSI_COMMAND(0x01),
  TASK_MANAGEMENT(0x02),
  LOGIN(0x03),
  TEXT(0x04),
  DATA_OUT(0x05),
  LOGOUT(0x06),
  SNACK(0x10),
  NOP_IN(0x20),
  SCSI_RESPONSE(0x21),
  TASK_MANAGEMENT_RESPONSE(0x22),
  LOGIN_RESPONSE(0x23),
  TEXT_RESPONSE(0x24),
  DATA_IN(0x25),
  LOGOUT_RESPONSE(0x26),
  R2T(0x31),
  ASYNC_MESSAGE(0x32),
  REJECT(0x3f),
  /** Whatever the RFC does not name. */
  UNKNOWN(-1);

  private static final Opcode[] BY_CODE = byCode();

  private final int code;

  Opcode(int code) {
    this.code = code;
  }

  /** The six bits on the wire. */
  int code() {
    return code;
  }

  /** The opcode that {@code code} (six bits) stands for. */
  static Opcode of(int code) {
    return BY_CODE[code & 0x3f];
  }

  private static Opcode[] byCode() {
    Opcode[] table = new Opcode[0x40];
    java.util.Arrays.fill(table, UNKNOWN);
    for (Opcode opcode : values()) {
      if (opcode != UNKNOWN) {
        table[opcode.code] = opcode;
      }
    }
    return table;
  }
}
