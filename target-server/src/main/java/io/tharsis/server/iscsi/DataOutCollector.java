package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Collects the data-out of one command into one contiguous buffer: immediate data, unsolicited
 * Data-Out, then what R2Ts ask for, RFC 7143 4.2.4.2. Owned by its task. Data and sequences come in
 * order (DataPDUInOrder, DataSequenceInOrder); anything else is a fault of the command: what is
 * still owed is thrown away, as the answer has to wait for it (RFC 7143 11.4).
 */
final class DataOutCollector implements PduReader.Landing {

  /** Where R2Ts go out and their transfer tags come from. */
  interface Requests {
    void request(int r2tSn, int from, int to, ArrayDeque<DataOutSequence> open);
  }

  private final TransferParameters parameters;
  private final Requests requests;
  private final long expectedBytes;
  private final int neededBytes;
  private final ArrayDeque<DataOutSequence> open = new ArrayDeque<>(1);
  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private Optional<SenseData> fault = Optional.empty();
  private boolean unsolicitedOpen;
  private long next;
  private int nextDataSn;
  private int requested;
  private int r2ts;

  /**
   * A collector.
   *
   * @param expectedBytes what the initiator will send, 0 if the command is no write for it
   * @param neededBytes what the command takes of that
   */
  DataOutCollector(
      TransferParameters parameters, Requests requests, long expectedBytes, int neededBytes) {
    this.parameters = parameters;
    this.requests = requests;
    this.expectedBytes = expectedBytes;
    this.neededBytes = neededBytes;
  }

  /** Takes what came with the command; {@code isFinal} if no unsolicited Data-Out follows. */
  void begin(ByteBufAllocator allocator, ByteBuf immediate, boolean isFinal) {
    int bytes = immediate.readableBytes();
    unsolicitedOpen = !isFinal;
    next = bytes;
    if ((bytes > 0 && !parameters.immediateData()) || (!isFinal && parameters.initialR2t())) {
      fail(SenseData.UNEXPECTED_UNSOLICITED_DATA);
    } else if (bytes > unsolicitedEnd()) {
      fail(SenseData.INCORRECT_AMOUNT_OF_DATA);
    } else if (neededBytes > 0 && bytes >= neededBytes) {
      buffer = immediate.retainedSlice(immediate.readerIndex(), neededBytes);
    } else if (neededBytes > 0) {
      buffer = allocator.directBuffer(neededBytes, neededBytes);
      buffer.setBytes(0, immediate, immediate.readerIndex(), bytes);
    }
    requestMore();
  }

  private long unsolicitedEnd() {
    return Math.min(parameters.firstBurstBytes(), expectedBytes);
  }

  /** A Data-Out PDU begins: where its data goes. Violation if nobody asked for it. */
  PduReader.Landing header(Bhs bhs) {
    if (!belongs(bhs)) {
      return PduReader.DISCARD;
    }
    long end = bhs.transferTag() == Bhs.NO_TAG ? unsolicitedEnd() : open.element().to();
    if (bhs.dataSn() != nextDataSn) {
      fail(SenseData.PROTOCOL_SERVICE_CRC_ERROR);
    } else if (bhs.bufferOffset() != next || next + bhs.dataBytes() > end) {
      fail(SenseData.INCORRECT_AMOUNT_OF_DATA);
    }
    return fault.isPresent() ? PduReader.DISCARD : this;
  }

  private boolean belongs(Bhs bhs) {
    return bhs.transferTag() == Bhs.NO_TAG
        ? unsolicitedOpen
        : !unsolicitedOpen && !open.isEmpty() && open.element().transferTag() == bhs.transferTag();
  }

  @Override
  public void land(ByteBuf in, int count) {
    int wanted = (int) Math.min(count, Math.max(0, neededBytes - next));
    if (wanted > 0 && buffer.capacity() > 0) {
      buffer.setBytes((int) next, in, wanted);
      in.skipBytes(count - wanted);
    } else {
      in.skipBytes(count);
    }
    next += count;
  }

  /** A Data-Out PDU is complete. Violation if nobody asked for it. */
  void end(Bhs bhs) {
    if (!belongs(bhs)) {
      throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "Data-Out nobody asked for");
    }
    nextDataSn++;
    if (!bhs.isFinal()) {
      return;
    }
    nextDataSn = 0;
    if (bhs.transferTag() == Bhs.NO_TAG) {
      unsolicitedOpen = false;
    } else if (open.remove().to() != next) {
      fail(SenseData.INCORRECT_AMOUNT_OF_DATA);
    }
    requestMore();
  }

  private void requestMore() {
    requested = Math.max(requested, (int) Math.min(next, neededBytes));
    while (fault.isEmpty()
        && !unsolicitedOpen
        && requested < neededBytes
        && open.size() < parameters.maxOutstandingR2t()) {
      int to = Math.min(neededBytes, requested + parameters.maxBurstBytes());
      requests.request(r2ts++, requested, to, open);
      requested = to;
    }
  }

  private void fail(SenseData what) {
    if (fault.isEmpty()) {
      fault = Optional.of(what);
    }
    discard();
  }

  /** Whether the initiator still owes data that it announced or was asked for. */
  boolean isOpen() {
    return unsolicitedOpen || !open.isEmpty();
  }

  /** What was wrong with the data. */
  Optional<SenseData> fault() {
    return fault;
  }

  /** R2Ts sent. */
  int r2ts() {
    return r2ts;
  }

  /** All the data, given away; {@link #isOpen} must have become false without a fault. */
  ByteBuf take() {
    ByteBuf whole = buffer.setIndex(0, neededBytes);
    buffer = Unpooled.EMPTY_BUFFER;
    return whole;
  }

  /** The data is not needed any more; what is owed will be thrown away. */
  void discard() {
    buffer.release();
    buffer = Unpooled.EMPTY_BUFFER;
  }
}
