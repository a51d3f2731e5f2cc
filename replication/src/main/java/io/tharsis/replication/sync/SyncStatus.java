package io.tharsis.replication.sync;

/**
 * How a sync is doing.
 *
 * @param state what it does
 * @param dirtyBytes that are still to be synced
 * @param equalBytes that were found to be there already, since the puller was made
 * @param zeroBytes that are zeros
 * @param copiedBytes that were copied
 * @param dropped chunks that were dropped and are asked for again
 */
public record SyncStatus(
    SyncState state,
    long dirtyBytes,
    long equalBytes,
    long zeroBytes,
    long copiedBytes,
    long dropped) {}
