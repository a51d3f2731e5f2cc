package io.tharsis.server.metrics;

import java.util.Locale;

/** Kinds of commands that are counted apart, by operation code (SBC-3 and SPC-4). */
enum Operation {
  READ,
  WRITE,
  UNMAP,
  FLUSH,
  OTHER;

  private static final int OPCODE_MASK = 0xFF;

  static Operation of(byte[] cdb) {
    return switch (cdb[0] & OPCODE_MASK) {
      case 0x08, 0x28, 0xA8, 0x88 -> READ;
      case 0x0A, 0x2A, 0xAA, 0x8A -> WRITE;
      case 0x42 -> UNMAP;
      case 0x35, 0x91 -> FLUSH;
      default -> OTHER;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
