/**
 * Brings replicas to the same log prefix.
 *
 * <p>Will own: links between nodes, fetch, sync, roles, handover, membership, the remote volume and
 * the directory. Nothing of it exists yet.
 */
package io.tharsis.replication;
