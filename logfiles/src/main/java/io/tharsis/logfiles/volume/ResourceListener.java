package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.ReadableLog;

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
   * Log that is kept only for other members takes the space that is needed: who is given up must be
   * decided, and {@code retainFrom} raised. Told again as long as it is so.
   */
  default void spaceShort() {}

  /** The log takes nothing any more, for this reason, until the resource is opened again. */
  default void stopped(String reason) {}
}
