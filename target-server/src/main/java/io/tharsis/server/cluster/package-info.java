/**
 * The daemon that is a node of a cluster, or on its way to become one.
 *
 * <p>Owns what {@code tharsis node} runs: the wiring of a {@link
 * io.tharsis.replication.node.ClusterNode} to this host's loops, files, keys and portal, and the
 * verbs that begin and end a membership. Everything that decides about replicas belongs to {@code
 * replication.node}; here are its seams.
 */
package io.tharsis.server.cluster;
