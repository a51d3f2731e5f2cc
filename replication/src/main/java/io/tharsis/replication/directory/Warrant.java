package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Async;

/** Whoever can tell whether a cluster document is genuine: the trust. Used on the owner. */
@FunctionalInterface
public interface Warrant {

  /**
   * Looks at signature, cluster and counter.
   *
   * @param document what it says
   * @param counter of the document's version, which must be the one that was signed
   * @return whether it may be kept and passed on
   */
  Async<Boolean> isGenuine(ClusterDocument document, long counter);
}
