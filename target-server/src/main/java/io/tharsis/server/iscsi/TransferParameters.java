package io.tharsis.server.iscsi;

/**
 * What a session negotiated about the transfer of data, RFC 7143 13.
 *
 * @param initiatorSegmentBytes longest data segment the initiator accepts
 * @param maxBurstBytes longest sequence of Data-In or solicited Data-Out
 * @param firstBurstBytes unsolicited data of one command at most, immediate data included
 * @param maxOutstandingR2t R2Ts of one command at a time
 * @param initialR2t whether unsolicited Data-Out is forbidden
 * @param immediateData whether data may come with the command
 */
record TransferParameters(
    int initiatorSegmentBytes,
    int maxBurstBytes,
    int firstBurstBytes,
    int maxOutstandingR2t,
    boolean initialR2t,
    boolean immediateData) {}
