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
 * @param branches what it has that others have not
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
    String hint,
    BranchView branches) {

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
        disk.isFine() ? "" : disk.advice(),
        BranchView.NONE);
  }

  /** The same with what it has that others have not. */
  public ReplicaView with(BranchView alone) {
    return new ReplicaView(
        host, disk, diskDetail, replication, role, flags, marks, lag, progress, age, hint, alone);
  }
}
