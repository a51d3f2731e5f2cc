package io.tharsis.replication.wire;

import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What is said on a {@link LinkClass#LOG} link. The receiver of log connects, says {@link
 * FetchFrom} and then {@link Progress}; everything else comes from the source.
 */
public sealed interface LogMessage extends Message {

  /**
   * Ship from here on. Begins a stream; a second one on the same link begins it anew.
   *
   * @param position the first byte wanted
   * @param creditBytes how many plain bytes may be sent before more credit comes
   */
  record FetchFrom(Position position, long creditBytes) implements LogMessage {
    /** A credit that can be. */
    public FetchFrom {
      Invariant.check(creditBytes >= 0, "credit", creditBytes);
    }
  }

  /**
   * Bytes of the log, durable at the source. A run, which is whole records between groups and ends
   * on a block of the log, travels in as many pieces as it needs; it counts when its last one is
   * there.
   *
   * @param position of the first byte of this piece
   * @param last whether the run ends with it
   * @param headerBlock the header of the logfile, {@value Wire#HEADER_BLOCK_BYTES} bytes, exactly
   *     when its first byte is in this piece
   * @param payload the bytes
   */
  record LogRun(Position position, boolean last, Optional<ByteBuffer> headerBlock, Payload payload)
      implements LogMessage {
    /** A header of the right size. */
    public LogRun {
      headerBlock.ifPresent(block ->
          Invariant.check(
              block.remaining() == Wire.HEADER_BLOCK_BYTES, "header", block.remaining()));
    }
  }

  /**
   * How far the source is. Said when everything durable has been sent, and every second.
   *
   * @param durableLsn up to where the source's log is durable
   * @param hybridTime of the source's clock now
   */
  record DurableAt(long durableLsn, long hybridTime) implements LogMessage {
    /** An LSN that can be. */
    public DurableAt {
      Invariant.check(durableLsn >= 0, "durable LSN", durableLsn);
    }
  }

  /**
   * How far the receiver is, and more credit.
   *
   * @param durableLsn up to where its log is durable
   * @param checkpointLsn up to where its disks are
   * @param creditBytes how many more plain bytes may be sent
   * @param consistent whether its disks with this log are one moment of the resource's life
   */
  record Progress(long durableLsn, long checkpointLsn, long creditBytes, boolean consistent)
      implements LogMessage {
    /** Numbers that can be. */
    public Progress {
      Invariant.check(
          durableLsn >= 0 && checkpointLsn >= 0 && creditBytes >= 0,
          "progress",
          durableLsn,
          checkpointLsn,
          creditBytes);
    }
  }

  /**
   * The source no longer has what is wanted.
   *
   * @param oldestLsn the first one it still has
   */
  record Gone(long oldestLsn) implements LogMessage {
    /** An LSN that can be. */
    public Gone {
      Invariant.check(oldestLsn >= 0, "oldest LSN", oldestLsn);
    }
  }

  /**
   * The source's log does not continue what the receiver has.
   *
   * @param reason for people
   */
  record Diverged(String reason) implements LogMessage {
    /** A reason cut to what fits. */
    public Diverged {
      reason = Wire.cut(reason, Wire.MAX_WORDS_BYTES);
    }
  }
}
