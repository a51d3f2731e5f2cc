package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Disk;

/**
 * One volume of a resource as it is to be opened.
 *
 * @param disk what holds this replica's copy; opened and locked by the caller, closed by the
 *     resource
 * @param writeCache what GOOD on a write means
 */
public record VolumeConfig(Disk disk, WriteCache writeCache) {}
