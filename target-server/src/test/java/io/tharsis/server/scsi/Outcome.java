package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;

/** What became of one command; filled by its listener. */
final class Outcome implements ScsiTask.Listener {

  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private int calls;
  private boolean aborted;
  private int status = -1;
  private byte[] sense = {};
  private byte[] data = {};

  @Override
  public void ended(ScsiResult result) {
    calls++;
    status = result.status();
    sense = result.sense();
    data = new byte[result.dataIn().readableBytes()];
    result.dataIn().readBytes(data).release();
  }

  @Override
  public void aborted() {
    calls++;
    aborted = true;
  }

  int calls() {
    return calls;
  }

  boolean pending() {
    return calls == 0;
  }

  boolean wasAborted() {
    return aborted;
  }

  int status() {
    return status;
  }

  byte[] data() {
    return data;
  }

  /** The data as hexadecimal bytes. */
  String hex() {
    return HEX.formatHex(data);
  }

  String senseHex() {
    return HEX.formatHex(sense);
  }

  /** Sense key and additional sense code as {@code 5/24/00}, or {@code GOOD}. */
  String verdict() {
    assertThat(calls).isEqualTo(1);
    if (aborted) {
      return "aborted";
    }
    return switch (status) {
      case 0x00 -> "GOOD";
      case 0x28 -> "TASK SET FULL";
      case 0x02 -> "%x/%02x/%02x".formatted(sense[2] & 0xf, sense[12], sense[13]);
      default -> "status " + status;
    };
  }

  /** The field pointer: {@code cdb 1.7}, {@code cdb 1}, {@code data 2} or {@code none}. */
  String pointer() {
    if ((sense[15] & 0x80) == 0) {
      return "none";
    }
    String where = (sense[15] & 0x40) != 0 ? "cdb " : "data ";
    int field = Cdb.u16(sense, 16);
    return where + field + ((sense[15] & 0x08) != 0 ? "." + (sense[15] & 7) : "");
  }
}
