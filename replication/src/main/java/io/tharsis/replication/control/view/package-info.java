/**
 * What can be seen of a cluster: facts in, states and views out.
 *
 * <p>Owns the table of states (disk state, replication state, role, flags), which {@code
 * docs/reference/states.md} writes out, and how lag, progress and age follow from facts. Pure
 * functions of values: no clock, no I/O.
 */
package io.tharsis.replication.control.view;
