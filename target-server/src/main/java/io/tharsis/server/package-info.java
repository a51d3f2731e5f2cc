/**
 * The node: the process that serves the resources of one data directory over iSCSI.
 *
 * <p>Owns the daemon's command line and the wiring of edge, SCSI and volumes.
 */
package io.tharsis.server;
