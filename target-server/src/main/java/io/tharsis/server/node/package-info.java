/**
 * The wiring of a node: from what the operator asked for to LUNs that are served, and back.
 *
 * <p>Owns the event loops, the disks and directories of the resources, the order in which things
 * start and stop, and what is told about it.
 */
package io.tharsis.server.node;
