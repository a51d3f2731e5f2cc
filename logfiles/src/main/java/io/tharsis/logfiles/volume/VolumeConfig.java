package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Disk;
import java.util.OptionalLong;

/**
 * One volume of a resource as it is to be opened.
 *
 * @param disk what holds this replica's copy, at least as large as the volume; opened and locked by
 *     the caller, closed by the resource
 * @param writeCache what GOOD on a write means
 * @param sizeBytes how large the volume is where the log does not say: when it is created, and at a
 *     member whose log begins before the record of the last growth. Empty means: as the disk
 */
public record VolumeConfig(Disk disk, WriteCache writeCache, OptionalLong sizeBytes) {

  /** A volume as large as its disk, where the log does not say otherwise. */
  public VolumeConfig(Disk disk, WriteCache writeCache) {
    this(disk, writeCache, OptionalLong.empty());
  }

  /** How large it is if nobody else knows. */
  long firstBytes() {
    return sizeBytes.orElse(disk.sizeBytes());
  }
}
