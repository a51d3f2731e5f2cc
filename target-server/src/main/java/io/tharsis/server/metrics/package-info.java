/**
 * Numbers about a node for Prometheus.
 *
 * <p>Owns every meter, its name, unit and description, and the small HTTP server that hands them
 * out. Counts from outside: a target device is wrapped, a resource is asked.
 */
package io.tharsis.server.metrics;
