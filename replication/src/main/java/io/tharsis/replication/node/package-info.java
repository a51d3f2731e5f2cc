/**
 * One node of a cluster: its control links, its memberships, and the verbs and views of an
 * operator.
 *
 * <p>Owns {@link io.tharsis.replication.node.ClusterNode}, which lives on the node's owner, and for
 * each resource that has a replica here the {@link io.tharsis.replication.node.Deed} that says so
 * over restarts. A replica itself lives on the owner of its {@link
 * io.tharsis.replication.node.Place}; the two talk in messages. Everything of the host is behind
 * {@link io.tharsis.replication.node.Premises}.
 */
package io.tharsis.replication.node;
