package io.tharsis.replication.control;

import java.util.Optional;
import java.util.stream.Stream;

/** States of a replica that can be waited for; which facts make them true is in {@code view}. */
public enum WaitState {
  /** The disk is in use. */
  ATTACHED("attached"),
  /** The disk is let go. */
  DETACHED("detached"),
  /** All log that the primary is known to have is here. */
  FETCHED("fetched"),
  /** All log that is here is on the disk. */
  REPLAYED("replayed"),
  /** The disk misses nothing that must be copied. */
  SYNCED("synced"),
  /** The disk with its log is a prefix of the primary's writes. */
  CONSISTENT("consistent"),
  /** Fetched, replayed, synced, consistent, and the primary was heard of lately. */
  UP_TO_DATE("uptodate"),
  /** The replica serves as the primary. */
  PRIMARY("primary"),
  /** The replica is a secondary. */
  SECONDARY("secondary");

  private final String word;

  WaitState(String word) {
    this.word = word;
  }

  /** How it is said. */
  public String word() {
    return word;
  }

  /** The state with that word. */
  public static Optional<WaitState> of(String word) {
    return Stream.of(values()).filter(state -> state.word.equals(word)).findFirst();
  }
}
