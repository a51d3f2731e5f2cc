package io.tharsis.replication.control.view;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Work that is not done yet.
 *
 * @param kind which work
 * @param restBytes what is left
 * @param totalBytes what it was at the beginning, where it had one
 * @param bytesPerSecond how fast it goes
 * @param eta when it is done if all goes on like this; empty if it is not getting less
 */
public record Progress(
    Kind kind,
    long restBytes,
    OptionalLong totalBytes,
    long bytesPerSecond,
    Optional<Duration> eta) {

  /** Kinds of work. */
  public enum Kind {
    /** Copying what the disk misses. */
    SYNC("sync"),
    /** Receiving log; it grows meanwhile, at the rate at which the primary writes. */
    FETCH("fetch"),
    /** Applying received log; it grows meanwhile, at the rate at which log is fetched. */
    REPLAY("replay");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** How it is said. */
    public String word() {
      return word;
    }
  }

  private static final long MILLIS_PER_SECOND = 1000;

  /**
   * What a replica has left to do, in the order in which it is done. A branch does nothing before
   * somebody has decided.
   */
  static List<Progress> of(ReplicaFacts facts) {
    if (facts.hasTrouble(ReplicaFacts.Trouble.Kind.BRANCH)) {
      return List.of();
    }
    ReplicaFacts.Work work = facts.work();
    List<Progress> all = new ArrayList<>();
    if (work.syncRestBytes() > 0) {
      all.add(
          new Progress(
              Kind.SYNC,
              work.syncRestBytes(),
              OptionalLong.of(Math.max(work.syncTotalBytes(), work.syncRestBytes())),
              work.syncBytesPerSecond(),
              eta(work.syncRestBytes(), work.syncBytesPerSecond())));
    }
    if (!facts.standing().serving() && !facts.isFetched()) {
      all.add(
          open(
              Kind.FETCH,
              facts.missingBytes(),
              work.fetchBytesPerSecond(),
              facts.primary().writeBytesPerSecond()));
    }
    if (!facts.standing().serving() && facts.unappliedBytes() > 0) {
      all.add(
          open(
              Kind.REPLAY,
              facts.unappliedBytes(),
              work.replayBytesPerSecond(),
              work.fetchBytesPerSecond()));
    }
    return List.copyOf(all);
  }

  private static Progress open(Kind kind, long rest, long rate, long growth) {
    return new Progress(kind, rest, OptionalLong.empty(), rate, eta(rest, rate - growth));
  }

  private static Optional<Duration> eta(long rest, long bytesPerSecond) {
    if (bytesPerSecond <= 0) {
      return Optional.empty();
    }
    double seconds = (double) rest / bytesPerSecond;
    return Optional.of(Duration.ofMillis(Math.round(seconds * MILLIS_PER_SECOND)));
  }
}
