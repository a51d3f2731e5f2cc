package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tharsis.server.scsi.ScsiCommand;
import io.tharsis.server.scsi.ScsiCommand.Direction;
import io.tharsis.server.scsi.ScsiCommand.TaskAttribute;
import io.tharsis.server.scsi.ScsiResult;
import io.tharsis.server.scsi.ScsiTask;
import java.util.ArrayDeque;

/**
 * One SCSI command on its connection: collects its data-out, waits for the device, sends data-in,
 * status and residual. Owned by the connection's {@link TaskTable}, from which it goes when its
 * status is written or when it is aborted; after that it owns no buffer and nothing reaches the
 * initiator any more.
 */
final class IscsiTask implements ScsiTask.Listener, DataOutCollector.Requests {

  private static final int READ = 0x40;
  private static final int WRITE = 0x20;
  private static final int GOOD = 0;

  private enum Stage {
    /** Data-out is on its way, or the device works, or both. */
    RUNNING,
    /** The data was wrong: the device forgets the task, then the initiator hears of it. */
    ABANDONING,
    /** The result is there; data-in and status go out as the connection takes them. */
    ANSWERING,
    /** Answered or aborted. */
    GONE
  }

  private final TaskTable table;
  private final int tag;
  private final long lun;
  private final boolean numbered;
  private final boolean commandIsFinal;
  private final Direction direction;
  private final long expectedBytes;
  private final long bidirectionalReadBytes;

  private Stage stage = Stage.RUNNING;
  private ScsiTask scsi = NOT_BEGUN;
  private DataOutCollector dataOut;
  private boolean deviceEnded;
  private ScsiResult result = NO_RESULT;
  private int produced;
  private int toSend;
  private int sent;
  private int dataSn;
  private int burstEnd;
  private MemoryBudget.Charge charge = MemoryBudget.Charge.NOTHING;

  private static final ScsiResult NO_RESULT =
      new ScsiResult(GOOD, new byte[0], Unpooled.EMPTY_BUFFER);

  private static final ScsiTask NOT_BEGUN =
      new ScsiTask() {
        @Override
        public int dataOutBytes() {
          return 0;
        }

        @Override
        public void dataOut(ByteBuf data) {
          data.release();
        }
      };

  IscsiTask(TaskTable table, Bhs bhs, AdditionalHeaders additional) {
    this.table = table;
    this.tag = bhs.initiatorTaskTag();
    this.lun = bhs.lun();
    this.numbered = !bhs.immediate();
    this.commandIsFinal = bhs.isFinal() || (bhs.flags() & WRITE) == 0;
    this.direction = direction(bhs.flags());
    this.expectedBytes = bhs.expectedBytes();
    this.bidirectionalReadBytes = direction == Direction.BOTH ? additional.readBytes() : 0;
    this.dataOut = new DataOutCollector(table.parameters(), this, 0, 0);
  }

  private static Direction direction(int flags) {
    boolean read = (flags & READ) != 0;
    boolean write = (flags & WRITE) != 0;
    return read
        ? (write ? Direction.BOTH : Direction.READ)
        : write ? Direction.WRITE : Direction.NONE;
  }

  /** The command as the device gets it. */
  ScsiCommand command(Bhs bhs, byte[] cdb) {
    int expected = (int) Math.min(expectedBytes, Integer.MAX_VALUE);
    return new ScsiCommand(
        table.session().nexus(), lun, tag, cdb, attribute(bhs.flags() & 7), expected, direction);
  }

  private static TaskAttribute attribute(int code) {
    return switch (code) {
      case 0 -> TaskAttribute.UNTAGGED;
      case 1 -> TaskAttribute.SIMPLE;
      case 2 -> TaskAttribute.ORDERED;
      case 3 -> TaskAttribute.HEAD_OF_QUEUE;
      case 4 -> TaskAttribute.ACA;
      default -> throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "task attribute");
    };
  }

  int tag() {
    return tag;
  }

  long lun() {
    return lun;
  }

  /** Whether it holds a place in the command window. */
  boolean isNumbered() {
    return numbered;
  }

  boolean isAnswering() {
    return stage == Stage.ANSWERING;
  }

  boolean isGone() {
    return stage == Stage.GONE;
  }

  DataOutCollector dataOut() {
    return dataOut;
  }

  /** The memory that it holds. */
  MemoryBudget.Charge charge() {
    return charge;
  }

  void charge(MemoryBudget.Charge taken) {
    charge = taken;
  }

  /** The device has begun the command; {@code immediate} is lent. */
  void begun(ScsiTask begun, ByteBuf immediate) {
    scsi = begun;
    boolean writes = direction == Direction.WRITE || direction == Direction.BOTH;
    long offered = writes ? expectedBytes : 0;
    int needed = (int) Math.min(begun.dataOutBytes(), offered);
    dataOut = new DataOutCollector(table.parameters(), this, offered, needed);
    dataOut.begin(table.allocator(), immediate, commandIsFinal);
    dataOutProgress();
  }

  @Override
  public void request(int r2tSn, int from, int to, ArrayDeque<DataOutSequence> open) {
    DataOutSequence sequence = new DataOutSequence(table.nextTransferTag(), r2tSn, from, to);
    open.add(sequence);
    table.writer().r2t(tag, lun, sequence);
  }

  /** A Data-Out PDU for this task has ended. */
  void dataOutEnd(Bhs bhs) {
    dataOut.end(bhs);
    dataOutProgress();
  }

  private void dataOutProgress() {
    if (stage != Stage.RUNNING || dataOut.isOpen()) {
      return;
    }
    if (deviceEnded) {
      answer();
    } else if (scsi.dataOutBytes() > 0 && dataOut.fault().isPresent()) {
      stage = Stage.ABANDONING;
      result = dataOut.fault().get().result();
      table.abandon(this, this::answer);
    } else if (scsi.dataOutBytes() > 0) {
      scsi.dataOut(dataOut.take());
    }
  }

  @Override
  public void ended(ScsiResult ended) {
    if (stage != Stage.RUNNING) {
      ended.dataIn().release();
      return;
    }
    result = ended;
    deviceEnded = true;
    if (!dataOut.isOpen()) {
      answer();
    }
  }

  @Override
  public void aborted() {
    if (stage == Stage.RUNNING) {
      table.cancel(this);
    }
  }

  private void answer() {
    if (stage == Stage.GONE) {
      return;
    }
    stage = Stage.ANSWERING;
    produced = result.dataIn().readableBytes();
    toSend = (int) Math.min(produced, direction == Direction.READ ? expectedBytes : 0);
    burstEnd = Math.min(toSend, table.parameters().maxBurstBytes());
    keepOnlyWhatIsSent();
    table.submit(this);
  }

  /**
   * An answer may wait as long as its initiator likes, so it holds no more than was charged for it:
   * data beyond what is expected goes at once, only its length is told.
   */
  private void keepOnlyWhatIsSent() {
    if (toSend == produced) {
      return;
    }
    ByteBuf all = result.dataIn();
    ByteBuf wanted = table.allocator().directBuffer(toSend, toSend);
    wanted.writeBytes(all, all.readerIndex(), toSend);
    result = new ScsiResult(result.status(), result.sense(), wanted);
    all.release();
  }

  /** Sends what the connection takes; true when the answer is complete. */
  boolean send() {
    PduWriter writer = table.writer();
    boolean collapsed = result.status() == GOOD && result.sense().length == 0 && toSend > 0;
    while (sent < toSend) {
      if (!writer.isWritable()) {
        return false;
      }
      PduWriter.Piece piece = nextPiece();
      ByteBuf data = take(piece.offset());
      if (collapsed && sent == toSend) {
        table.leave(this);
        writer.dataInWithStatus(tag, piece, data, residual());
        return true;
      }
      writer.dataIn(tag, piece, data);
    }
    if (!writer.isWritable()) {
      return false;
    }
    int expDataSn = dataSn > 0 ? dataSn : dataOut.r2ts();
    table.leave(this);
    writer.scsiResponse(tag, result, residual(), expDataSn);
    return true;
  }

  private PduWriter.Piece nextPiece() {
    int from = sent;
    sent = Math.min(burstEnd, from + table.parameters().initiatorSegmentBytes());
    boolean last = sent == burstEnd;
    if (last) {
      burstEnd = (int) Math.min(toSend, (long) burstEnd + table.parameters().maxBurstBytes());
    }
    return new PduWriter.Piece(dataSn++, from, last);
  }

  /** The data from {@code from} to what is sent now; the last piece takes the buffer along. */
  private ByteBuf take(int from) {
    ByteBuf all = result.dataIn();
    if (sent < toSend) {
      return all.retainedSlice(all.readerIndex() + from, sent - from);
    }
    result = new ScsiResult(result.status(), result.sense(), Unpooled.EMPTY_BUFFER);
    return all.setIndex(all.readerIndex() + from, all.readerIndex() + sent);
  }

  private PduWriter.Residual residual() {
    long moved =
        switch (direction) {
          case READ -> produced;
          case WRITE, BOTH -> scsi.dataOutBytes();
          case NONE -> 0;
        };
    if (expectedBytes == moved && bidirectionalReadBytes == 0) {
      return PduWriter.Residual.NONE;
    }
    return new PduWriter.Residual(expectedBytes - moved, bidirectionalReadBytes);
  }

  /** Aborted or answered: gives up its buffers. */
  void release() {
    stage = Stage.GONE;
    dataOut.discard();
    if (deviceEnded) {
      result.dataIn().release();
      deviceEnded = false;
    }
  }
}
