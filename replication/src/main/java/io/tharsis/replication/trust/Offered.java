package io.tharsis.replication.trust;

/** What became of a {@code cluster} document that somebody offered. */
public sealed interface Offered {

  /**
   * It is newer; it is durable here and in force.
   *
   * @param document what it says
   */
  record Adopted(ClusterDocument document) implements Offered {}

  /** It says what the one in force says. */
  record Known() implements Offered {}

  /**
   * It is not used.
   *
   * @param refused why
   */
  record Rejected(Refused refused) implements Offered {}
}
