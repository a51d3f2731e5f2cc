/**
 * Brings the log of one member to another: {@link io.tharsis.replication.fetch.Shipment} reads what
 * is durable at the source, {@link io.tharsis.replication.fetch.Fetcher} asks for it, sees to it
 * that it becomes durable here and says so, {@link io.tharsis.replication.fetch.Retention} keeps at
 * the primary what members still need.
 *
 * <p>Owns nothing of the log itself; everything of a resource lives on the resource's owner.
 */
package io.tharsis.replication.fetch;
