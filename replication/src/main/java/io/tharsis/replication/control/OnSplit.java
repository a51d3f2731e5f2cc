package io.tharsis.replication.control;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a primary does that hears of a later epoch of its resource: it has been forced elsewhere.
 */
public enum OnSplit {
  /** It serves no more; its branch is kept. */
  STOP_SERVING("stop-serving"),
  /** It goes on: two paths of one identity with diverging content, the operator wants it so. */
  KEEP_SERVING("keep-serving");

  private final String word;

  OnSplit(String word) {
    this.word = word;
  }

  /** How it is said. */
  public String word() {
    return word;
  }

  /** The one with that word. */
  public static Optional<OnSplit> of(String word) {
    return Stream.of(values()).filter(one -> one.word.equals(word)).findFirst();
  }
}
