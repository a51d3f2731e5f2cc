package io.tharsis.logfiles.log;

import java.util.UUID;

/**
 * Who writes a log.
 *
 * @param nodeId the node
 * @param nodeName how people call it; part of the logfiles' names
 * @param incarnation this start of the node's daemon
 */
public record WriterIdentity(UUID nodeId, String nodeName, UUID incarnation) {}
