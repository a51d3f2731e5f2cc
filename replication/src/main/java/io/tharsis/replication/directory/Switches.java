package io.tharsis.replication.directory;

/**
 * What a replica is told to do; each holds until it is changed, whether anybody is connected or
 * not.
 *
 * @param attach use the disk
 * @param fetch receive log
 * @param replay apply log
 * @param sync copy what the dirty map names
 */
public record Switches(boolean attach, boolean fetch, boolean replay, boolean sync) {

  /** Everything on. */
  public static final Switches ON = new Switches(true, true, true, true);

  static final int ALL_BITS = 0xF;

  /** As one number, four bits. */
  public int bits() {
    return (attach ? 1 : 0) | (fetch ? 2 : 0) | (replay ? 4 : 0) | (sync ? 8 : 0);
  }

  /** Of their {@link #bits}. */
  public static Switches of(int bits) {
    return new Switches((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
  }

  /** On where both are on: what the primary wants of everybody and what the node itself wants. */
  public Switches and(Switches other) {
    return of(bits() & other.bits());
  }
}
