package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;

/**
 * How a command ended.
 *
 * @param status SCSI status byte, SAM-5 5.3.1 (00 GOOD, 02 CHECK CONDITION, 08 BUSY, 18 RESERVATION
 *     CONFLICT, 28 TASK SET FULL, 40 TASK ABORTED)
 * @param sense sense data, empty unless CHECK CONDITION
 * @param dataIn data for the initiator in full, whatever it expected (the transport cuts it and
 *     reports the residual); empty if none
 */
public record ScsiResult(int status, byte[] sense, ByteBuf dataIn) {}
