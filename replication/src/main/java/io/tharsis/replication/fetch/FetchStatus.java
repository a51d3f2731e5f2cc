package io.tharsis.replication.fetch;

/**
 * How fetching is doing.
 *
 * @param state what it does
 * @param sourceDurableLsn how far a source was last known to be durable; -1 if none was heard
 * @param hybridTime of the source's clock then; 0 if none was heard
 * @param lagMillis by how much the disks here are behind that, in the sources' time; -1 if unknown
 * @param fetchedBytes plain bytes that became durable since the fetcher was made
 * @param damagedRuns runs that did not pass their checks
 */
public record FetchStatus(
    FetchState state,
    long sourceDurableLsn,
    long hybridTime,
    long lagMillis,
    long fetchedBytes,
    long damagedRuns) {}
