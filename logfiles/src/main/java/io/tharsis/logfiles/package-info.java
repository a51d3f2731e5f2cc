/**
 * The transaction log of one resource and the volume built on it.
 *
 * <p>Packages beneath own: the seams to the world ({@code seam}), what the SCSI layer sees of a
 * resource ({@code volume}), and the one place that touches the real host ({@code host}).
 */
package io.tharsis.logfiles;
