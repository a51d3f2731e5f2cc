package io.tharsis.it.initiator;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Reads the end of a command out of libiscsi's {@code struct scsi_task}. The offsets are those of
 * {@code iscsi/scsi-lowlevel.h} on LP64: {@code int status, cdb_size, xfer_dir, expxferlen;
 * unsigned char cdb[16]; int residual_status; size_t residual; struct scsi_sense {unsigned char
 * error_type; int key; int ascq; ...}}.
 */
@SuppressWarnings("restricted") // reads memory that libiscsi owns
final class NativeTask {

  private static final long RESIDUAL_STATUS_AT = 32;
  private static final long RESIDUAL_AT = 40;
  private static final long SENSE_KEY_AT = 52;
  private static final long SENSE_ASCQ_AT = 56;
  private static final long READ_BYTES = 64;

  private static final int NO_RESIDUAL = 0;
  private static final int UNDERFLOW = 1;

  private NativeTask() {}

  /** The result of a task that libiscsi ended with {@code status}; the task is only read. */
  static CommandResult result(long task, int status) {
    CommandStatus verdict = CommandStatus.of(status);
    if (!verdict.isAnswer()) {
      return CommandResult.without(verdict);
    }
    MemorySegment struct = MemorySegment.ofAddress(task).reinterpret(READ_BYTES);
    int residualStatus = struct.get(JAVA_INT, RESIDUAL_STATUS_AT);
    if (verdict == CommandStatus.GOOD && residualStatus == NO_RESIDUAL) {
      return CommandResult.GOOD;
    }
    long residual = residualStatus == NO_RESIDUAL ? 0 : struct.get(JAVA_LONG, RESIDUAL_AT);
    boolean underflow = residualStatus == UNDERFLOW;
    Optional<CommandResult.Sense> sense =
        verdict == CommandStatus.CHECK_CONDITION ? Optional.of(sense(struct)) : Optional.empty();
    return new CommandResult(verdict, sense, underflow ? residual : 0, underflow ? 0 : residual);
  }

  private static CommandResult.Sense sense(MemorySegment struct) {
    int ascq = struct.get(JAVA_INT, SENSE_ASCQ_AT);
    return new CommandResult.Sense(
        struct.get(JAVA_INT, SENSE_KEY_AT) & 0xf, ascq >>> 8 & 0xff, ascq & 0xff);
  }
}
