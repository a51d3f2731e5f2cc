/**
 * The volume built on the log: overlay reads, the Applier, and the one seam that SCSI uses.
 *
 * <p>Owned by the resource's owner executor; nothing here has a thread of its own.
 */
package io.tharsis.logfiles.volume;
