package io.tharsis.logfiles.format;

/** The bits of a record header's flag field. Bits that are not named here are zero. */
public final class RecordFlags {

  /** The initiator asked for this write to be on stable storage before GOOD (SBC, FUA). */
  public static final int FUA = 1;

  /** This record and the next take effect together or not at all. */
  public static final int ATOMIC_WITH_NEXT = 1 << 1;

  /**
   * A reader that does not know the type may pass over the record; without it the log is refused.
   */
  public static final int SKIPPABLE = 1 << 15;

  /** All bits that have a meaning. */
  static final int KNOWN = FUA | ATOMIC_WITH_NEXT | SKIPPABLE;

  private RecordFlags() {}
}
