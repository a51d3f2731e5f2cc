package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;

/**
 * What a resource tells whoever brings its log to other members or from them. Called on the
 * resource's owner.
 */
public interface ResourceListener {

  /** Nobody else has the resource. */
  ResourceListener NONE = new ResourceListener() {};

  /**
   * The log has begun, though the resource may take long until it serves. Called in the message in
   * which it did: from where on the log is kept for other members must be said in it.
   */
  default void begun(ReadableLog log) {}

  /** Watermarks have moved, room has come, or what is dirty has changed. */
  default void progressed() {}

  /**
   * Whether a change may be answered that ends at {@code lsn} and is durable here. Asked once of
   * each; if not it waits in {@link LoggedResource#answers}, for whoever has said so.
   */
  default boolean mayAnswer(long lsn) {
    return true;
  }

  /**
   * Log that is kept only for other members takes the space that is needed: who is given up must be
   * decided, and {@code retainFrom} raised. Told again as long as it is so.
   */
  default void spaceShort() {}

  /**
   * Asked now and then by an opening that has much to put on the disks before, whether it is still
   * wanted. If not it fails with {@link OpeningPutOff}.
   */
  default boolean isWanted() {
    return true;
  }

  /**
   * Whether a replica that follows puts log on its disks from the first moment on; if not it waits
   * for {@link FollowingResource#resumeReplay}.
   */
  default boolean replays() {
    return true;
  }

  /**
   * The consistent copy that a replica is will be one no more: what is staged beside it is to take
   * its place. Nothing of that happens before this has succeeded; to be told again after a failure.
   */
  default Async<Void> flipping() {
    return Async.done();
  }

  /** The log takes nothing any more, for this reason, until the resource is opened again. */
  default void stopped(String reason) {}
}
