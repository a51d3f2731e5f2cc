/**
 * A simulated network under {@link io.tharsis.replication.link.NodeLinks}: connections with delay,
 * bandwidth and windows between simulated hosts, that break, stall, get lost without anybody being
 * told, and lines that are cut in one direction or both. All of it from the seed of the run.
 *
 * <p>For the tests of this module and of those above.
 */
package io.tharsis.replication.simnet;
