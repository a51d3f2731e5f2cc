package io.tharsis.replication.directory;

import java.util.UUID;

/**
 * Whose directory it is.
 *
 * @param node the node
 * @param incarnation this start of its daemon
 */
public record Self(UUID node, UUID incarnation) {}
