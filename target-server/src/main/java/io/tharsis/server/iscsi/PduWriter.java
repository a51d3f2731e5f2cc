package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.tharsis.server.scsi.ScsiResult;

/**
 * Writes the target's PDUs of one connection in full feature phase, RFC 7143 11. Owned by the
 * connection, used on its loop. Owns StatSN. Data is never copied: header and data go out in one
 * gathered write. What is written in one turn of the loop is flushed once, at its end.
 */
final class PduWriter {

  private static final ByteBuf ZEROS =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(4, 4).writeInt(0)).asReadOnly();

  private static final int S_BIT = 0x01;
  private static final int UNDERFLOW = 0x02;
  private static final int OVERFLOW = 0x04;
  private static final int BIDI_UNDERFLOW = 0x08;
  private static final int CONTINUE = 0x40;

  private final Channel channel;
  private final CommandWindow window;
  private final EdgeMetrics metrics;
  private final Runnable flush = this::flushNow;
  private int statSn;
  private boolean flushPosted;

  PduWriter(Channel channel, CommandWindow window, EdgeMetrics metrics, int statSn) {
    this.channel = channel;
    this.window = window;
    this.metrics = metrics;
    this.statSn = statSn;
  }

  /** A piece of a read: where it lies in the whole transfer, and its number. */
  record Piece(int dataSn, int offset, boolean isFinal) {}

  /** What was not transferred as expected, RFC 7143 11.4.5; positive is an underflow. */
  record Residual(long bytes, long bidirectionalBytes) {
    static final Residual NONE = new Residual(0, 0);

    private int flags() {
      int flags = bytes > 0 ? UNDERFLOW : bytes < 0 ? OVERFLOW : 0;
      return flags | (bidirectionalBytes > 0 ? BIDI_UNDERFLOW : 0);
    }
  }

  /** Whether more can be written without piling up. */
  boolean isWritable() {
    return channel.isWritable();
  }

  /** The next StatSN. */
  int statSn() {
    return statSn;
  }

  /** Data-In without status, 11.7. {@code data} is given away. */
  void dataIn(int taskTag, Piece piece, ByteBuf data) {
    ByteBuf out = dataInHeader(taskTag, piece, data, 0);
    out.setInt(24, 0);
    write(out, data);
  }

  /** The last Data-In, with status GOOD in it, 11.7.3. {@code data} is given away. */
  void dataInWithStatus(int taskTag, Piece piece, ByteBuf data, Residual residual) {
    ByteBuf out = dataInHeader(taskTag, piece, data, S_BIT | residual.flags());
    out.setInt(24, statSn++);
    out.setInt(44, (int) Math.abs(residual.bytes()));
    write(out, data);
  }

  private ByteBuf dataInHeader(int taskTag, Piece piece, ByteBuf data, int flags) {
    int first = (piece.isFinal() ? Bhs.FINAL : 0) | flags;
    ByteBuf out = header(Opcode.DATA_IN, first, data.readableBytes());
    out.setInt(16, taskTag);
    out.setInt(20, Bhs.NO_TAG);
    out.setInt(36, piece.dataSn());
    out.setInt(40, piece.offset());
    return out;
  }

  /** SCSI Response, 11.4; {@code expDataSn} is the number of Data-In or R2T PDUs sent before. */
  void scsiResponse(int taskTag, ScsiResult result, Residual residual, int expDataSn) {
    int senseBytes = result.sense().length;
    int dataBytes = senseBytes == 0 ? 0 : senseBytes + 2;
    ByteBuf out = header(Opcode.SCSI_RESPONSE, Bhs.FINAL | residual.flags(), dataBytes);
    out.setByte(3, result.status());
    out.setInt(16, taskTag);
    out.setInt(24, statSn++);
    out.setInt(36, expDataSn);
    out.setInt(40, (int) residual.bidirectionalBytes());
    out.setInt(44, (int) Math.abs(residual.bytes()));
    if (dataBytes > 0) {
      out.writeShort(senseBytes).writeBytes(result.sense());
    }
    writeSmall(out);
  }

  /** R2T, 11.8. */
  void r2t(int taskTag, long lun, DataOutSequence sequence) {
    ByteBuf out = header(Opcode.R2T, Bhs.FINAL, 0);
    out.setLong(8, lun);
    out.setInt(16, taskTag);
    out.setInt(20, sequence.transferTag());
    out.setInt(24, statSn);
    out.setInt(36, sequence.r2tSn());
    out.setInt(40, sequence.from());
    out.setInt(44, sequence.to() - sequence.from());
    writeSmall(out);
  }

  /** Task Management Function Response, 11.6. */
  void taskManagementResponse(int taskTag, int response) {
    ByteBuf out = header(Opcode.TASK_MANAGEMENT_RESPONSE, Bhs.FINAL, 0);
    out.setByte(2, response);
    out.setInt(16, taskTag);
    out.setInt(24, statSn++);
    writeSmall(out);
  }

  /** NOP-In as answer to a ping, 11.19. {@code data} is given away. */
  void nopInAnswer(Bhs ping, ByteBuf data) {
    ByteBuf out = header(Opcode.NOP_IN, Bhs.FINAL, data.readableBytes());
    out.setLong(8, ping.lun());
    out.setInt(16, ping.initiatorTaskTag());
    out.setInt(20, Bhs.NO_TAG);
    out.setInt(24, statSn++);
    write(out, data);
  }

  /** NOP-In of our own: a ping with a transfer tag, or with {@link Bhs#NO_TAG} just news. */
  void nopIn(int transferTag) {
    ByteBuf out = header(Opcode.NOP_IN, Bhs.FINAL, 0);
    out.setInt(16, Bhs.NO_TAG);
    out.setInt(20, transferTag);
    out.setInt(24, statSn);
    writeSmall(out);
  }

  /** Text Response, 11.11; {@code transferTag} is {@link Bhs#NO_TAG} when it is complete. */
  void textResponse(int taskTag, int transferTag, byte[] text) {
    int flags = transferTag == Bhs.NO_TAG ? Bhs.FINAL : text.length == 0 ? 0 : CONTINUE;
    ByteBuf out = header(Opcode.TEXT_RESPONSE, flags, text.length);
    out.setInt(16, taskTag);
    out.setInt(20, transferTag);
    out.setInt(24, statSn++);
    out.writeBytes(text);
    writeSmall(out);
  }

  /** Logout Response, 11.15; nothing may be waited for or retained. */
  void logoutResponse(int taskTag, int response) {
    ByteBuf out = header(Opcode.LOGOUT_RESPONSE, Bhs.FINAL, 0);
    out.setByte(2, response);
    out.setInt(16, taskTag);
    out.setInt(24, statSn++);
    writeSmall(out);
  }

  /** Reject, 11.17, with the header of the PDU it is about. */
  void reject(RejectReason reason, Bhs rejected) {
    metrics.rejected(reason);
    ByteBuf out = header(Opcode.REJECT, Bhs.FINAL, Bhs.BYTES);
    out.setByte(2, reason.code());
    out.setInt(16, Bhs.NO_TAG);
    out.setInt(24, statSn++);
    rejected.writeTo(out);
    writeSmall(out);
  }

  /** A header with room for {@code inlineBytes} behind it; writer index at its end. */
  private ByteBuf header(Opcode opcode, int flags, int dataBytes) {
    boolean inline = opcode != Opcode.DATA_IN && opcode != Opcode.NOP_IN;
    int room = Bhs.BYTES + (inline ? dataBytes + 3 : 0);
    ByteBuf out = channel.alloc().directBuffer(room, room);
    out.setZero(0, Bhs.BYTES);
    out.setShort(0, opcode.code() << 8 | flags);
    out.setInt(4, dataBytes);
    out.setInt(28, window.expCmdSn());
    out.setInt(32, window.maxCmdSn());
    return out.writerIndex(Bhs.BYTES);
  }

  private void writeSmall(ByteBuf out) {
    out.writeZero(-out.readableBytes() & 3);
    metrics.pduOut(out.readableBytes());
    put(out);
    flushLater();
  }

  private void write(ByteBuf header, ByteBuf data) {
    int dataBytes = data.readableBytes();
    int padding = -dataBytes & 3;
    metrics.pduOut(Bhs.BYTES + dataBytes + padding);
    put(header);
    put(data);
    if (padding > 0) {
      put(ZEROS.retainedSlice(0, padding));
    }
    flushLater();
  }

  /** A failed write is told to the connection's boundary, not to the writer. */
  private void put(ByteBuf bytes) {
    ChannelFuture _ = channel.write(bytes, channel.voidPromise());
  }

  /** Completions already in the loop's queue write first; then one flush for all. */
  private void flushLater() {
    if (!flushPosted) {
      flushPosted = true;
      channel.eventLoop().execute(flush);
    }
  }

  private void flushNow() {
    flushPosted = false;
    channel.flush();
  }
}
