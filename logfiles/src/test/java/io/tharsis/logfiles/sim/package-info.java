/**
 * The seams bound to a simulator: one thread, virtual time, one seed. Owns the run queue, hosts
 * that are killed or lose power, disks that tear, lose, misdirect, rot and lie, directories that
 * lose entries. Published as this module's test jar for the tests of the modules above.
 *
 * <p>Everything here is deterministic: the same seed and the same program give the same event hash
 * in every JVM. It passes the same contract suite as the binding to the host.
 */
package io.tharsis.logfiles.sim;
