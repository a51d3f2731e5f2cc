package io.tharsis.replication.trust;

import java.util.UUID;

/**
 * Which cluster. Immutable.
 *
 * @param id random, made with the cluster
 * @param name how people call it
 */
public record Cluster(UUID id, String name) {

  /** Checks the name. */
  public Cluster {
    if (!NodeName.isGood(name)) {
      throw new IllegalArgumentException("not a cluster's name");
    }
  }

  @Override
  public String toString() {
    return name + " (" + id + ")";
  }
}
