package io.tharsis.replication.fetch;

import java.net.InetSocketAddress;
import java.util.UUID;

/**
 * A member that may be asked for log.
 *
 * @param node which node it is
 * @param address where its links are accepted; may be unresolved
 */
public record FetchSource(UUID node, InetSocketAddress address) {}
