package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;

/**
 * One command in the task set, from its verdict to its result. The transport collects {@link
 * #dataOutBytes} bytes (or as many of them as the initiator has), hands them over once with {@link
 * #dataOut}, and gets the result through the {@link Listener} given to {@link TargetDevice#begin}.
 */
public interface ScsiTask {

  /** Receives what became of a task: exactly one of these calls, on the owner. */
  @FunctionalInterface
  interface Listener {
    /** The command has ended. The receiver owns (releases) {@code result.dataIn()}. */
    void ended(ScsiResult result);

    /**
     * The task was aborted (by a task management function of any nexus, or with its nexus): no
     * result will come and it takes no data any more; the transport forgets the task, else its
     * place in the command window and its data-out buffer would be lost to the session. Comes
     * before the answer to the function that aborted it.
     */
    default void aborted() {}
  }

  /**
   * Data-out bytes that the CDB asks for, whatever the initiator expects to send; 0 when it takes
   * none or has been refused already (then the result comes without data).
   */
  int dataOutBytes();

  /**
   * All data-out has arrived: {@code min(dataOutBytes, expectedBytes)} bytes, one contiguous direct
   * buffer which the task now owns and releases. Called exactly once if {@link #dataOutBytes} is
   * not 0, with an empty buffer if nothing is expected, unless the task was aborted before.
   */
  void dataOut(ByteBuf data);
}
