package io.tharsis.replication.node;

import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.Key;

/** Codes and words with which a node tells others of its replica, in its document. */
final class Faults {

  /** The disk gives errors. */
  static final String DISK_ERROR = "disk-error";

  /** The disk is not there. */
  static final String DISK_MISSING = "disk-missing";

  /** The replica cannot be opened, or has stopped, for another reason. */
  static final String NOT_OPEN = "not-open";

  /** The log has a damaged place. */
  static final String LOG_DAMAGED = "log-damaged";

  /** What the log needs next is kept nowhere. */
  static final String ORPHAN = "orphan";

  /** The log goes beyond a fork. */
  static final String BRANCH = "branch";

  /** The log ends before what a member has of the same epoch. */
  static final String SUSPECT = "suspect";

  /** There is no room for more log. */
  static final String LOG_FULL = "log-full";

  /** Writes are answered without what the resource's mode promises. */
  static final String DEGRADED = "degraded";

  /** Writes wait for members that are not there, because the resource's mode says so. */
  static final String STALLED = "stalled";

  /** Word of a replica that initiators can use. */
  static final String SERVING = "serving";

  /** Word of a replica that can fetch now. */
  static final String LINKED = "linked";

  /** Word of a replica whose disk is one moment of the primary's life. */
  static final String CONSISTENT = "consistent";

  /** Word of a replica that is consistent at an old moment, beside which a new one is staged. */
  static final String STAGING = "staging";

  /** It begins anew where it was, because there is no room to stage that. */
  static final String NOT_STAGED = "not-staged";

  /** The primary counts it no more. */
  static final String DISMISSED = "dismissed";

  /** Epoch of a log that is not known. */
  static final EpochRef NO_EPOCH = new EpochRef(0, Key.NIL);

  private Faults() {}
}
