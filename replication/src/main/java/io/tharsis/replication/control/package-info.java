/**
 * The verbs and views that operate a node.
 *
 * <p>Will own: the records that describe a node and its resources to an operator, and the verbs
 * that change them; the command line and background moves know a node only through this package.
 * Nothing of it exists yet.
 */
package io.tharsis.replication.control;
