package io.tharsis.logfiles.volume;

/**
 * What a resource tells whoever brings its log to other members or from them. Called on the
 * resource's owner.
 */
public interface ResourceListener {

  /** Nobody else has the resource. */
  ResourceListener NONE = new ResourceListener() {};

  /**
   * From where on the log is to be kept for other members, until {@code retainFrom} is called;
   * asked in the message in which the log begins. {@code Long.MAX_VALUE}: for nobody.
   */
  default long retainFrom() {
    return Long.MAX_VALUE;
  }

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
