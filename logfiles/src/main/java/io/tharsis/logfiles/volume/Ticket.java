package io.tharsis.logfiles.volume;

/**
 * A change that was handed to a {@link Volume}, for taking it back. Belongs to whoever began the
 * change; used on the resource's owner.
 */
public interface Ticket {

  /**
   * Takes the change back if nothing of it has gone into the log yet: as long as it waits for room.
   *
   * @return true: it never takes effect, its buffer is free at once, and its completion is never
   *     called; false: too late, its completion is called as ever or has been
   */
  boolean cancel();
}
