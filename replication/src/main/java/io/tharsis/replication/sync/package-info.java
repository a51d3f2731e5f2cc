/**
 * Copies the regions that a replica misses from another one, while both go on: {@link
 * io.tharsis.replication.sync.SyncPuller} asks for what its dirty map says, {@link
 * io.tharsis.replication.sync.SyncSource} answers from durable state and says how new that is.
 * Digests travel first, data only where they differ.
 *
 * <p>Owns no data; everything of a resource lives on the resource's owner.
 */
package io.tharsis.replication.sync;
