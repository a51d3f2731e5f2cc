package io.tharsis.replication.remote;

/** How well a resource can be reached through a node, in the terms of ALUA (SPC-4 5.15.2.4). */
public enum AccessState {
  /** The node is the primary. */
  OPTIMIZED,
  /** The node forwards to the primary. */
  NON_OPTIMIZED,
  /** It is being found out who the primary is, or the primary is being reached: commands wait. */
  TRANSITIONING,
  /** The node does not serve the resource, or has not reached its primary for long. */
  UNAVAILABLE
}
