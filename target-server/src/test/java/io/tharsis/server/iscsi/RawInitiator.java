package io.tharsis.server.iscsi;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An initiator that sends what it is told, for tests. Blocking; a silent target fails the test. */
final class RawInitiator implements AutoCloseable {

  static final String NAME = "iqn.2026-11.test:initiator";
  static final String TARGET = "iqn.2026-11.io.tharsis:fake";
  private static final int PATIENCE_MILLIS = 5000;

  final Socket socket;
  private final DataInputStream in;
  int cmdSn = 7;
  int expStatSn;
  int maxCmdSn;
  int nextTag = 100;
  int isid = 1;

  RawInitiator(InetSocketAddress portal) throws IOException {
    this(portal, 0);
  }

  RawInitiator(InetSocketAddress portal, int receiveBufferBytes) throws IOException {
    socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.connect(portal, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  void send(RawPdu pdu) throws IOException {
    sendBytes(pdu.set(28, expStatSn).bytes());
  }

  void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  RawPdu receive() throws IOException {
    byte[] header = new byte[48];
    in.readFully(header);
    int dataBytes = (header[5] & 0xff) << 16 | (header[6] & 0xff) << 8 | (header[7] & 0xff);
    byte[] data = new byte[(dataBytes + 3) / 4 * 4];
    in.readFully(data);
    RawPdu pdu = RawPdu.received(header, Arrays.copyOf(data, dataBytes));
    boolean counts = pdu.opcode() != 0x31 && (pdu.opcode() != 0x25 || (pdu.flags() & 1) != 0);
    if ((counts && pdu.tag() != -1) || pdu.opcode() == 0x3f) {
      expStatSn = pdu.at(24) + 1;
    }
    maxCmdSn = pdu.at(32);
    return pdu;
  }

  /** Whether the target closed the connection without another PDU. */
  boolean isClosedByTarget() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  // ---- login ----

  RawPdu loginRequest(int flags, String... pairs) {
    RawPdu pdu = RawPdu.of(0x43).flags(flags).text(pairs).tag(1).cmdSn(cmdSn);
    return pdu.set(8, 0x40000000 | isid >> 16).set(12, isid << 16);
  }

  /** Straight to full feature phase with these keys; the last response. */
  RawPdu login(String... keys) throws IOException {
    List<String> pairs =
        new ArrayList<>(
            List.of("InitiatorName=" + NAME, "TargetName=" + TARGET, "SessionType=Normal"));
    pairs.addAll(List.of(keys));
    send(loginRequest(0x87, pairs.toArray(String[]::new)));
    return receive();
  }

  RawInitiator loggedIn(String... keys) throws IOException {
    RawPdu response = login(keys);
    if (response.opcode() != 0x23 || response.at(36) >>> 16 != 0) {
      throw new IOException("login failed: " + Integer.toHexString(response.at(36) >>> 16));
    }
    return this;
  }

  RawInitiator discovering() throws IOException {
    send(loginRequest(0x87, "InitiatorName=" + NAME, "SessionType=Discovery"));
    if (receive().at(36) != 0) {
      throw new IOException("login failed");
    }
    return this;
  }

  // ---- commands ----

  /** A SCSI command with the next CmdSN and a new tag. */
  RawPdu command(int flags, int expectedBytes, int opcode, int block, int blocks) {
    RawPdu pdu = RawPdu.of(0x01).flags(flags).tag(nextTag++).set(20, expectedBytes).cmdSn(cmdSn++);
    return pdu.setByte(32, opcode)
        .setByte(36, block >> 8)
        .setByte(37, block)
        .setByte(39, blocks >> 8)
        .setByte(40, blocks);
  }

  RawPdu read(int block, int blocks) {
    return command(0xc1, blocks * FakeDevice.BLOCK, FakeDevice.READ_10, block, blocks);
  }

  RawPdu write(int block, int blocks) {
    return command(0xa1, blocks * FakeDevice.BLOCK, FakeDevice.WRITE_10, block, blocks);
  }

  RawPdu testUnitReady() {
    return command(0x81, 0, FakeDevice.TEST_UNIT_READY, 0, 0);
  }

  /** A Data-Out for an R2T or, with transfer tag -1, unsolicited. */
  RawPdu dataOut(int tag, int transferTag, int dataSn, int offset, byte[] data) {
    return RawPdu.of(0x05)
        .flags(0x80)
        .tag(tag)
        .set(20, transferTag)
        .set(36, dataSn)
        .set(40, offset)
        .data(data);
  }

  /** An immediate ping. */
  RawPdu ping(byte[] data) {
    return RawPdu.of(0x40).flags(0x80).tag(nextTag++).set(20, -1).cmdSn(cmdSn).data(data);
  }

  /** An immediate task management function. */
  RawPdu manage(int function, int referencedTag) {
    return RawPdu.of(0x42)
        .flags(0x80 | function)
        .tag(nextTag++)
        .set(20, referencedTag)
        .cmdSn(cmdSn);
  }

  RawPdu logout() {
    return RawPdu.of(0x46).flags(0x80).tag(nextTag++).cmdSn(cmdSn);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
