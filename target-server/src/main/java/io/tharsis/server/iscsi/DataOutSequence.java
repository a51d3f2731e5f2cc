package io.tharsis.server.iscsi;

/**
 * What one R2T asks for, RFC 7143 11.8.
 *
 * @param transferTag target transfer tag that the Data-Out PDUs carry
 * @param r2tSn number of the R2T within its command
 * @param from first byte of the transfer asked for
 * @param to end of it, exclusive
 */
record DataOutSequence(int transferTag, int r2tSn, int from, int to) {}
