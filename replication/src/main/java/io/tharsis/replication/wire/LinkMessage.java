package io.tharsis.replication.wire;

/** What the ends of a link say to each other about the link itself; its users never see it. */
public sealed interface LinkMessage extends Message
    permits Hello, LinkMessage.Refused, LinkMessage.Alive, LinkMessage.Probe, LinkMessage.Bye {

  /**
   * Instead of a {@link Hello}: the link will not be. Readable in every version.
   *
   * @param code why; a code that this version does not know reads as {@link
   *     RefusalCode#NOT_ALLOWED}
   * @param words for people
   */
  record Refused(RefusalCode code, String words) implements LinkMessage {
    /** Words cut to what fits. */
    public Refused {
      words = Wire.cut(words, Wire.MAX_WORDS_BYTES);
    }
  }

  /**
   * Still here.
   *
   * @param probe the {@link Probe} that this answers; 0 if nobody asked
   */
  record Alive(long probe) implements LinkMessage {}

  /**
   * Still there? Answered at once with {@link Alive}.
   *
   * @param id not 0, not used again on this link
   */
  record Probe(long id) implements LinkMessage {}

  /**
   * The sender closes the link.
   *
   * @param words why, for people
   */
  record Bye(String words) implements LinkMessage {
    /** Words cut to what fits. */
    public Bye {
      words = Wire.cut(words, Wire.MAX_WORDS_BYTES);
    }
  }
}
