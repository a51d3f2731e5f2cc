package io.tharsis.replication.directory;

/**
 * Something about a file of the directory that is not as it should be. A value.
 *
 * @param file which file
 * @param kind what it means
 * @param reason in words
 */
public record Remark(String file, Kind kind, String reason) {

  /** What a file that is not as it should be means. */
  public enum Kind {
    /**
     * One half is damaged, the other one counts: torn when it was written last, or rotten; then an
     * older version is in force until a peer shows the newer one.
     */
    HALF_DAMAGED,
    /** Nothing in it can be read; it was set aside, its document comes back from peers. */
    DAMAGED,
    /** It could not be opened or read; its document comes back from peers. */
    UNREADABLE,
    /** Only a newer program can read it; it is left alone. */
    TOO_NEW
  }
}
