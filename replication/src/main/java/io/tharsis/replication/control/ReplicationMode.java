package io.tharsis.replication.control;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How far members may be behind when a write is answered with GOOD. A mode is said as a whole: what
 * an operator leaves out has its default, whatever it was before.
 */
public sealed interface ReplicationMode {

  /** How it is said. */
  String word();

  /** The primary waits for no member. */
  record Async() implements ReplicationMode {
    @Override
    public String word() {
      return "async";
    }
  }

  /**
   * Writers are slowed down, each command by at most 1 s, when the member that is nearest is
   * farther behind than this. {@link RequestForm} wants at least one bound.
   *
   * @param lagBytes of log; empty means any
   * @param lagTime since the newest record that the member has; empty means any
   * @param onLinkLoss what is done when no member can be waited for
   */
  record NearSync(OptionalLong lagBytes, Optional<Duration> lagTime, LinkLoss onLinkLoss)
      implements ReplicationMode {
    @Override
    public String word() {
      return "near-sync";
    }
  }

  /**
   * A write is answered when it is durable at that many members.
   *
   * @param copies how many, the primary's own among them
   * @param onLinkLoss what is done when there are not as many
   */
  record Sync(int copies, LinkLoss onLinkLoss) implements ReplicationMode {

    /** The primary's and one more. */
    public static final int DEFAULT_COPIES = 2;

    @Override
    public String word() {
      return "sync";
    }
  }

  /**
   * What a primary does that cannot keep its promise because members are not linked.
   *
   * @param after how long it holds its writers before it does that
   * @param reaction what
   */
  record LinkLoss(Duration after, Reaction reaction) {

    /** When nothing was said about it; initiators wait that long without complaint. */
    public static final LinkLoss DEFAULT = new LinkLoss(Duration.ofSeconds(10), Reaction.DEGRADE);
  }

  /** What becomes of writes while the promise cannot be kept. */
  enum Reaction {
    /**
     * They are answered as in {@code async}; that is told, and durable before the first of them.
     */
    DEGRADE("degrade"),
    /** They wait. */
    STALL("stall");

    private final String word;

    Reaction(String word) {
      this.word = word;
    }

    /** How it is said. */
    public String word() {
      return word;
    }

    /** The one with that word. */
    public static Optional<Reaction> of(String word) {
      return Stream.of(values()).filter(one -> one.word.equals(word)).findFirst();
    }
  }
}
