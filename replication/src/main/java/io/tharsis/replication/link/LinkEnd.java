package io.tharsis.replication.link;

/**
 * Why a link ended.
 *
 * @param cause for programs
 * @param words for people
 */
public record LinkEnd(Cause cause, String words) {

  /** What ends links. */
  public enum Cause {
    /** This end closed it. */
    CLOSED_HERE,
    /** The other end closed it, and said why. */
    CLOSED_THERE,
    /** The other end did not accept us after we had accepted it. */
    REFUSED_THERE,
    /** The connection broke. */
    BROKEN,
    /** Nothing came for too long. */
    SILENT,
    /** Nothing went out for too long. */
    STALLED,
    /** The other end sent what it may not. */
    VIOLATION,
    /** This end sent on without room until the limit was reached. */
    OVERFLOW
  }
}
