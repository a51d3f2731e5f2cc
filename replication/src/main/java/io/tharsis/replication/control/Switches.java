package io.tharsis.replication.control;

/**
 * What an operator lets a replica do. Kept over restarts; each has its effect when it can.
 *
 * @param attach use the disk
 * @param fetch receive log
 * @param replay apply received log to the disk
 * @param sync copy what the disk misses
 */
public record Switches(boolean attach, boolean fetch, boolean replay, boolean sync) {

  /** Everything on, as a new replica begins. */
  public static final Switches ON = new Switches(true, true, true, true);
}
