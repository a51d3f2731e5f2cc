/**
 * Every portal serves every LUN: a node that is not the primary of a resource forwards what
 * initiators want of it to the primary.
 *
 * <p>Owns the fronts (all volumes of one resource at one node, and what is behind them at the
 * moment), the services (what a primary does for the fronts of other nodes), and the rules by which
 * a forwarded command dies with its nexus. Why they are as they are: {@code
 * docs/adr/0009-roles.md}.
 */
package io.tharsis.replication.remote;
