package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;

/**
 * The way on which initiators can wish that this node be the primary of one resource. Used on the
 * owner of the replica's {@link Place}, which is answered there.
 */
@FunctionalInterface
public interface RoleWish {

  /** What became of a wish. */
  enum Answer {
    /** This node is the primary, and its front has been told before. */
    DONE,
    /** It is not possible as things are; nothing was tried. */
    REFUSED,
    /** It was begun and is not done; after {@link Wishes#LIMIT} it may still come about. */
    FAILED
  }

  /**
   * Has this node be the primary, as the verb {@code primary} does without force: nothing is lost,
   * and nobody is forced. The answer comes in a later message, always, and within seconds; it fails
   * only when the node's owner has ended.
   */
  Async<Answer> ask();
}
