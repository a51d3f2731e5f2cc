package io.tharsis.logfiles.format;

import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What ties the header of a record to the one logfile it was written for, so that a record left
 * over from a recycled file, or misdirected from another resource, is never taken for a current
 * one.
 *
 * @param value CRC32C over resource UUID, epoch id (each most significant byte first) and logfile
 *     number (little-endian u64)
 */
public record RecordSeed(int value) {

  /** The seed of one logfile. */
  public static RecordSeed of(UUID resourceId, UUID epochId, long logfileNumber) {
    byte[] bytes = new byte[40];
    Bits.putUuid(bytes, 0, resourceId);
    Bits.putUuid(bytes, 16, epochId);
    Bits.putLong(bytes, 32, logfileNumber);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return new RecordSeed((int) crc.getValue());
  }
}
