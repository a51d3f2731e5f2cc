package io.tharsis.replication.fetch;

import java.util.UUID;

/** What a fetcher is doing. */
public sealed interface FetchState {

  /** Switched off. */
  record Paused() implements FetchState {}

  /** Nobody is known who could be asked. */
  record NoSource() implements FetchState {}

  /**
   * A source is being connected, or the next attempt is waited for.
   *
   * @param source who is asked
   * @param reason why the last attempt failed; empty at first
   */
  record Connecting(UUID source, String reason) implements FetchState {}

  /** Log comes. */
  record Fetching(UUID source) implements FetchState {}

  /** Everything that is durable at the source is durable here. */
  record CaughtUp(UUID source) implements FetchState {}

  /** Log would come; the next logfile cannot be had here. */
  record WaitingForRoom(UUID source, String reason) implements FetchState {}

  /**
   * What comes next was recycled everywhere it was asked for: this replica was sacrificed.
   *
   * @param oldestLsn the first LSN that the source still has
   */
  record Gone(UUID source, long oldestLsn) implements FetchState {}

  /** The log here is not a part of the source's: a branch. */
  record Diverged(UUID source, String reason) implements FetchState {}

  /** The log here takes nothing any more. */
  record Stopped(String reason) implements FetchState {}
}
