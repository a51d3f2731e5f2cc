package io.tharsis.replication.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * What a cluster knows about itself: its CA and who was let in or thrown out. Written by the node
 * that holds the CA, signed with the CA's key, exchanged by peers before anything else. Immutable.
 *
 * @param cluster which cluster
 * @param authority the CA's certificate
 * @param edition which writing of it
 * @param members who was let in and who was thrown out
 */
public record ClusterDocument(
    Cluster cluster, X509Certificate authority, Edition edition, Members members) {

  /**
   * One writing of the document.
   *
   * @param counter from 1, one more with every writing; the greater one counts
   * @param writtenAt wall time of the writer, so that people can see its age
   * @param holder the node that had the CA
   */
  public record Edition(long counter, Instant writtenAt, UUID holder) {

    /** Drops what is below a millisecond. */
    public Edition {
      writtenAt = writtenAt.truncatedTo(ChronoUnit.MILLIS);
    }
  }
}
