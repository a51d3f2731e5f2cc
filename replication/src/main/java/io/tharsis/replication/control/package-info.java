/**
 * The verbs and views that operate a node and its files; the command line and background moves know
 * them only through this package.
 *
 * <p>Owns the records that describe a resource to an operator, and the rim where a blocking call
 * waits for an owner. So far it looks at the logs of resources; the views of a running node come
 * with its admin API.
 */
package io.tharsis.replication.control;
