/**
 * SCSI: what a command descriptor block means and what is answered, independent of any transport.
 *
 * <p>Owns the task set, unit attentions, sense data and parameter data of a target device. Runs on
 * the owner of the resource behind it; reaches storage through {@link
 * io.tharsis.logfiles.volume.Volume} only.
 */
package io.tharsis.server.scsi;
