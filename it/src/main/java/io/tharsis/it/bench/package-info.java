/**
 * The benchmark: the same load on Tharsis and on Debian's tgtd, on one host and one file system, in
 * turns.
 *
 * <p>This package owns the peers it starts, the workloads, the measuring and the report. It uses
 * the independent initiator and nothing of the target's own code.
 */
package io.tharsis.it.bench;
