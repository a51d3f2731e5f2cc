package io.tharsis.replication.control;

import io.tharsis.logfiles.volume.WriteCache;
import java.util.Optional;
import java.util.stream.Stream;

/** What GOOD on a write of a resource means, in the operator's words. */
public enum WriteCacheMode {
  /** It is on stable storage. */
  DURABLE("durable", WriteCache.DURABLE),
  /** It is in a write cache, which is announced; SYNCHRONIZE CACHE and FUA mean stable. */
  FLUSH("flush", WriteCache.FLUSH);

  private final String word;
  private final WriteCache cache;

  WriteCacheMode(String word, WriteCache cache) {
    this.word = word;
    this.cache = cache;
  }

  /** How it is said. */
  public String word() {
    return word;
  }

  /** The mode with that word. */
  public static Optional<WriteCacheMode> of(String word) {
    return Stream.of(values()).filter(mode -> mode.word.equals(word)).findFirst();
  }

  /** The same for a resource. */
  public WriteCache cache() {
    return cache;
  }
}
