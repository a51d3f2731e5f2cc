package io.tharsis.replication.node;

/**
 * The seam to what a host has for replicas: where they live, their files, and the portal through
 * which initiators reach them. Used on the node's owner.
 */
public interface Premises {

  /**
   * A place for the replica of a resource; given back with {@link Place#close}. At most one at a
   * time for each name.
   *
   * @param resource its name: part of file names and of the iSCSI name
   */
  Place place(String resource);
}
