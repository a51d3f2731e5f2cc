package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.seam.Invariant;

/**
 * What one record says, without its payload and without what the log itself knows.
 *
 * @param type what kind of record
 * @param flags flags of the record format
 * @param volume volume it is about; 0 if about none
 * @param deviceOffset first byte of the range on the volume
 * @param extentLength bytes of the range
 */
public record Entry(RecordType type, int flags, int volume, long deviceOffset, long extentLength) {

  public Entry {
    Invariant.check(volume >= 0 && volume <= 0xFFFF, "volume number", volume);
    Invariant.check(deviceOffset >= 0 && extentLength >= 0, "range", deviceOffset, extentLength);
  }
}
