package io.tharsis.logfiles.sim;

/** Which un-synced sector writes a medium keeps when the power fails. A sector is never torn. */
public enum CrashMode {
  /** None. */
  NOTHING,
  /** All of them. */
  EVERYTHING,
  /** Those up to some moment. */
  PREFIX,
  /** Each write as a whole, kept or lost independently. */
  WRITES,
  /** Each sector independently; so a write of several sectors is torn. */
  SECTORS
}
