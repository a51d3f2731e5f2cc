package io.tharsis.replication.member;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.replication.fetch.FetchLimits;
import io.tharsis.replication.sync.SyncLimits;

/**
 * How a replica is opened.
 *
 * @param resource its volumes and its log
 * @param codec how bulk is compressed towards other members, where that makes it shorter
 * @param fetch what fetching may take
 * @param sync what a sync may take
 */
public record ReplicaSetting(
    ResourceConfig resource, Codec codec, FetchLimits fetch, SyncLimits sync) {

  /** With the limits that a node uses unless it is told otherwise. */
  public static ReplicaSetting of(ResourceConfig resource, Codec codec) {
    return new ReplicaSetting(resource, codec, FetchLimits.STANDARD, SyncLimits.STANDARD);
  }
}
