package io.tharsis.replication.sync;

import java.util.UUID;

/** What a puller is doing. */
public sealed interface SyncState {

  /** Switched off. */
  record Paused() implements SyncState {}

  /** Nothing is dirty. */
  record Done() implements SyncState {}

  /** Nobody is known who could be asked. */
  record NoSource() implements SyncState {}

  /**
   * A source is being connected, or the next attempt is waited for.
   *
   * @param reason why the last attempt failed; empty at first
   */
  record Connecting(UUID source, String reason) implements SyncState {}

  /** Chunks come. */
  record Syncing(UUID source) implements SyncState {}
}
