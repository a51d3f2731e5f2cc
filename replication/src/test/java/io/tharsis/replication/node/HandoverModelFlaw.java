package io.tharsis.replication.node;

/** A rule of the handover that is broken on purpose: the model must show what comes of it. */
enum HandoverModelFlaw {
  /** The primary tells its grant although writing the deed has failed. */
  SENT_BEFORE_DURABLE,
  /** The deadline of a freeze counts although the deed on the disk may grant. */
  THAWED_WHILE_UNSURE,
  /** A grant is taken for good without a look whether the log is here up to its end. */
  NO_END_CHECK,
  /** A primary that is started again goes on although it has granted. */
  RESTARTS_ALTHOUGH_GRANTED,
  /** The new primary serves before its deed is durable. */
  SERVES_BEFORE_ACCEPTED,
  /** A grant is given although the freeze is over. */
  GRANTS_AFTER_THAW,
  /** The end of the log is told while a write is under way. */
  FROZEN_WHILE_WRITING,
  /** Reads go on after the grant. */
  READS_AFTER_GRANT,
  /** A grant that has been used is taken for good again. */
  TAKES_USED_GRANTS,
  /** What is asked for is granted in whatever freeze it arrives. */
  GRANTS_IN_ANY_FREEZE,
  /** A second asking, with another id, is granted that id. */
  GRANTS_TWICE,
  /** A deed that may be on the disk is left there while the replica follows others. */
  FOLLOWS_WHILE_UNSURE,
  /** The one that has granted tells it only as an answer. */
  TELLS_ONCE,
  /** What was granted to a replica that is no more counts for the one in its place. */
  ANY_MEMBERSHIP,
  /** A replica that is no more leaves the one that has granted waiting for it. */
  NEVER_IN_VAIN,
  /** What was granted to another is taken again as if it were granted to nobody. */
  RESUMES_ALTHOUGH_GRANTED,
  /** A deed of unknown outcome is never written again. */
  STAYS_UNSURE
}
