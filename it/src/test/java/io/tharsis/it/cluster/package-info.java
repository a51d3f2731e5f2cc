/**
 * Clusters of real processes on this machine, operated with the command line.
 *
 * <p>Owns how nodes are started, told what to do and ended, and the load that runs meanwhile.
 */
package io.tharsis.it.cluster;
