package io.tharsis.replication.node;

/**
 * The seam to what a host has for replicas: where they live, their files, and the portal through
 * which initiators reach them. Used on the node's owner.
 */
public interface Premises {

  /** How much something matters to whoever reads the diagnostics. */
  enum Gravity {
    /** It is as it should be. */
    NEWS,
    /** Somebody may have to look. */
    TROUBLE
  }

  /**
   * Something that belongs into the diagnostics; told when it begins, not again while it lasts.
   *
   * @param words a sentence without a full stop
   */
  default void note(Gravity gravity, String words) {}

  /**
   * A place for the replica of a resource; given back with {@link Place#close}. At most one at a
   * time for each name.
   *
   * @param resource its name: part of file names and of the iSCSI name
   */
  Place place(String resource);
}
