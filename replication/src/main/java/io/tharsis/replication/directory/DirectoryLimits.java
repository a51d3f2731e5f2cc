package io.tharsis.replication.directory;

/**
 * How much a directory holds at most, whatever peers send.
 *
 * @param nodes documents of nodes
 * @param resources documents of resources, each branch counted
 * @param branches documents of one resource; the greatest epochs are kept
 * @param replicas documents of replicas
 * @param unknown documents of kinds that only a newer program knows
 * @param tombstones those deleted last are kept
 * @param totalBytes of all documents
 */
public record DirectoryLimits(
    int nodes,
    int resources,
    int branches,
    int replicas,
    int unknown,
    int tombstones,
    long totalBytes) {

  /** Enough for what one cluster is meant to be, and harmless for any host. */
  public static final DirectoryLimits DEFAULT =
      new DirectoryLimits(256, 4096, 8, 8192, 256, 8192, 64L << 20);
}
