/**
 * The verbs and views that operate a node and its files; the command line and background moves know
 * them only through this package.
 *
 * <p>Owns {@link io.tharsis.replication.control.NodeControl} with the records of all verbs, what a
 * refusal is, the records that describe a log to an operator, and the rim where a blocking call
 * waits for an owner.
 */
package io.tharsis.replication.control;
