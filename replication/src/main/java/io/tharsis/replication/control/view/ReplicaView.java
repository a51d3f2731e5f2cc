package io.tharsis.replication.control.view;

import java.time.Duration;
import java.util.List;

/**
 * One replica as it is shown.
 *
 * @param host name of the node that has it
 * @param disk what its copy is worth: a word of {@link DiskState}, or of a newer node
 * @param diskDetail what stands in brackets behind it; may be empty
 * @param replication what it is doing: a word of {@link ReplicationState}
 * @param role a word of {@link Role}
 * @param flags the characters of {@link Flag}
 * @param marks how far its log and disk have come
 * @param lag how far it is behind
 * @param progress work that is not done yet
 * @param age how old this information is
 * @param hint what helps, when something is not as it should be; may be empty
 */
public record ReplicaView(
    String host,
    String disk,
    String diskDetail,
    String replication,
    String role,
    String flags,
    Marks marks,
    Lag lag,
    List<Progress> progress,
    Duration age,
    String hint) {

  private static final long SECONDS_PER_MINUTE = 60;
  private static final long MINUTES_PER_HOUR = 60;
  private static final long HOURS_PER_DAY = 24;

  /** Lists that nobody changes. */
  public ReplicaView {
    progress = List.copyOf(progress);
  }

  /** Positions in the log. */
  public record Marks(long checkpointLsn, long durableLsn) {}

  /** Everything that is shown follows from the facts, and from nothing else. */
  public static ReplicaView of(ReplicaFacts facts) {
    DiskState disk = DiskState.of(facts);
    return new ReplicaView(
        facts.host(),
        disk.word(),
        disk.detail(facts),
        ReplicationState.of(facts).word(),
        Role.of(facts).word(),
        Flag.line(facts),
        new Marks(facts.log().checkpointLsn(), facts.log().durableLsn()),
        Lag.of(facts),
        Progress.of(facts),
        facts.freshness().age(),
        disk.isFine() ? "" : disk.advice());
  }

  /** A duration for people, in its two largest units: {@code 3d 4h}, {@code 12m 5s}, {@code 8s}. */
  public static String words(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0) {
      return duration.toMillis() + "ms";
    }
    long minutes = seconds / SECONDS_PER_MINUTE;
    long hours = minutes / MINUTES_PER_HOUR;
    long days = hours / HOURS_PER_DAY;
    if (days > 0) {
      return days + "d " + hours % HOURS_PER_DAY + "h";
    }
    if (hours > 0) {
      return hours + "h " + minutes % MINUTES_PER_HOUR + "m";
    }
    return minutes > 0 ? minutes + "m " + seconds % SECONDS_PER_MINUTE + "s" : seconds + "s";
  }
}
