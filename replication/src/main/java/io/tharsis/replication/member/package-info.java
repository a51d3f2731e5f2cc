/**
 * A node's replica of one resource, in one role: {@link
 * io.tharsis.replication.member.PrimaryReplica} writes the log and lets others fetch it, {@link
 * io.tharsis.replication.member.SecondaryReplica} fetches, replays and syncs.
 *
 * <p>Owns the resource it opened and every link about it; lives on the resource's owner. Who is to
 * have which role is decided elsewhere.
 */
package io.tharsis.replication.member;
