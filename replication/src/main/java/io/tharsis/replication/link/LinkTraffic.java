package io.tharsis.replication.link;

/**
 * What went over a link.
 *
 * @param messagesOut frames sent, those about the link itself included
 * @param bytesOut of these frames
 * @param messagesIn frames received
 * @param bytesIn bytes received
 */
public record LinkTraffic(long messagesOut, long bytesOut, long messagesIn, long bytesIn) {}
