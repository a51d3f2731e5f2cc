package io.tharsis.replication.link;

/** What is counted about links. */
public enum LinkEvent {
  /** A link was opened by this node. */
  CONNECTED,
  /** A link was opened by another node. */
  ACCEPTED,
  /** This node refused a link. */
  REFUSED_HERE,
  /** Another node refused a link. */
  REFUSED_THERE,
  /** A connection was dropped because there were as many strangers as there may be. */
  STRANGER_DROPPED,
  /** A connection did not end its greeting in time. */
  GREETING_LATE,
  /** The first bytes of a connection were not TLS. */
  NOT_TLS,
  /** TLS ended a connection: a certificate that is not trusted, no common cipher. */
  UNTRUSTED,
  /** The first frame was not a Hello, or damaged. */
  GARBAGE,
  /** A connection ended in the middle of its greeting. */
  GREETING_BROKEN,
  /** A node was met in two incarnations at a time. */
  CLONE_SEEN,
  /** A link was closed by this node. */
  CLOSED_HERE,
  /** A link was closed by the other node. */
  CLOSED_THERE,
  /** A link ended because a certificate that it stood on has expired. */
  EXPIRED,
  /** A link was closed because its node, or a certificate, was revoked. */
  REVOKED,
  /** A link was closed so that it is opened anew with a newer certificate of this node. */
  RENEWED,
  /** A link broke. */
  BROKEN,
  /** A link ended because nothing came, or nothing went out, for too long. */
  DEAD,
  /** A link ended because of what the other end sent. */
  VIOLATION,
  /** A link ended because this end sent too much. */
  OVERFLOW,
  /** A bug of this program ended a connection. */
  BUG
}
