package io.tharsis.replication.control;

/**
 * One record of a log, without its payload. A value.
 *
 * @param logfile name of the file it is in
 * @param lsn its place
 * @param type {@code WRITE}, ... or {@code TYPE-n} for one that this program does not know
 * @param flags names of the flags that are set, joined by {@code +}; empty if none
 * @param volume number of the volume it is about
 * @param offset first byte of the range on the volume
 * @param lengthBytes bytes of the range
 * @param payloadBytes bytes of payload as stored
 * @param millis when it was written, since 1970-01-01 UTC
 * @param counter position within that millisecond
 * @param durableLsn what its writer knew to be durable; 0 if it does not say
 * @param epoch number of the epoch
 */
public record RecordLine(
    String logfile,
    long lsn,
    String type,
    String flags,
    int volume,
    long offset,
    long lengthBytes,
    int payloadBytes,
    long millis,
    int counter,
    long durableLsn,
    long epoch) {}
