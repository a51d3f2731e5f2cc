package io.tharsis.replication.link;

import io.tharsis.replication.wire.Hello;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a link is to lead.
 *
 * @param address of the other node; may be unresolved
 * @param purpose what the link is for
 * @param node which node must be there, if that is known
 */
public record Destination(InetSocketAddress address, Hello.Purpose purpose, Optional<UUID> node) {}
