package io.tharsis.replication.control.view;

import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.Switches;
import io.tharsis.replication.control.view.ReplicaFacts.Disk;
import io.tharsis.replication.control.view.ReplicaFacts.Freshness;
import io.tharsis.replication.control.view.ReplicaFacts.Log;
import io.tharsis.replication.control.view.ReplicaFacts.Primary;
import io.tharsis.replication.control.view.ReplicaFacts.Standing;
import io.tharsis.replication.control.view.ReplicaFacts.Trouble;
import io.tharsis.replication.control.view.ReplicaFacts.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Facts for tests: a secondary that has everything, and what is to be different about it. */
public final class FactsBuilder {

  /** The primary's clock at its last durable write. */
  public static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long END = 10_000;

  private final String host;
  private Standing standing = new Standing(true, false, false, false, 1);
  private Disk disk = new Disk(true, true, Optional.empty(), 1 << 30, 0);
  private Switches switches = Switches.ON;
  private Log log =
      new Log(END, END, 0, Optional.empty(), NOON, Optional.empty(), Optional.empty());
  private Primary primary =
      new Primary(Optional.of("a"), true, END, NOON, 0, Optional.of(Duration.ofSeconds(1)));
  private Work work = new Work(0, 0, 0, 0, 0);
  private Duration age = Duration.ofSeconds(2);

  private FactsBuilder(String host) {
    this.host = host;
  }

  /** A secondary that has everything. */
  public static FactsBuilder secondary(String host) {
    return new FactsBuilder(host);
  }

  /** A primary that serves and has written everything back. */
  public static FactsBuilder primary(String host) {
    FactsBuilder builder = new FactsBuilder(host);
    builder.primary =
        new Primary(Optional.of(host), true, END, NOON, 0, Optional.of(Duration.ZERO));
    builder.age = Duration.ZERO;
    return builder.standing(new Standing(true, true, true, true, 1));
  }

  public FactsBuilder standing(Standing changed) {
    standing = changed;
    return this;
  }

  public FactsBuilder disk(boolean present, boolean attached, Optional<String> error) {
    disk = new Disk(present, attached, error, disk.sizeBytes(), disk.dirtyBytes());
    return this;
  }

  public FactsBuilder dirty(long dirtyBytes, long syncTotalBytes, long syncBytesPerSecond) {
    disk = new Disk(disk.present(), disk.attached(), disk.error(), disk.sizeBytes(), dirtyBytes);
    work = new Work(syncTotalBytes, dirtyBytes, syncBytesPerSecond, 0, 0);
    return this;
  }

  public FactsBuilder consistentFrom(long lsn) {
    log =
        new Log(
            log.durableLsn(),
            log.checkpointLsn(),
            lsn,
            log.staged(),
            NOON,
            log.trouble(),
            log.shortage());
    return this;
  }

  public FactsBuilder turned(SwitchVerb verb) {
    switches = verb.applyTo(switches);
    return this;
  }

  /** So much less than the primary, and the disk at a moment so long ago. */
  public FactsBuilder behind(long missingBytes, long unappliedBytes, Duration ago) {
    long durable = END - missingBytes;
    log =
        new Log(
            durable,
            durable - unappliedBytes,
            0,
            log.staged(),
            NOON.minus(ago),
            log.trouble(),
            log.shortage());
    return this;
  }

  public FactsBuilder trouble(Trouble.Kind kind, String text) {
    log =
        new Log(
            log.durableLsn(),
            log.checkpointLsn(),
            log.consistentFromLsn(),
            log.staged(),
            log.contentTime(),
            Optional.of(new Trouble(kind, text)),
            log.shortage());
    return this;
  }

  public FactsBuilder shortage(String text) {
    log =
        new Log(
            log.durableLsn(),
            log.checkpointLsn(),
            log.consistentFromLsn(),
            log.staged(),
            log.contentTime(),
            log.trouble(),
            Optional.of(text));
    return this;
  }

  public FactsBuilder primaryIs(Optional<String> name, boolean reachable, Duration primaryAge) {
    primary =
        new Primary(
            name, reachable, END, NOON, primary.writeBytesPerSecond(), Optional.of(primaryAge));
    return this;
  }

  /** Nothing has been heard of the primary yet. */
  public FactsBuilder primaryUnheard() {
    primary = new Primary(primary.host(), false, END, NOON, 0, Optional.empty());
    return this;
  }

  /** A newer log comes beside the one that counts. */
  public FactsBuilder staged(long missingBytes, long bytes) {
    long durable = END - missingBytes;
    log =
        new Log(
            log.durableLsn(),
            log.checkpointLsn(),
            0,
            Optional.of(new ReplicaFacts.Staged(durable - bytes, durable)),
            log.contentTime(),
            log.trouble(),
            log.shortage());
    return this;
  }

  public FactsBuilder rates(long write, long fetch, long replay) {
    primary =
        new Primary(
            primary.host(), primary.reachable(), END, primary.durableTime(), write, primary.age());
    work =
        new Work(
            work.syncTotalBytes(), work.syncRestBytes(), work.syncBytesPerSecond(), fetch, replay);
    return this;
  }

  public FactsBuilder age(Duration changed) {
    age = changed;
    return this;
  }

  public ReplicaFacts facts() {
    return new ReplicaFacts(
        host, standing, disk, switches, log, primary, work, new Freshness(age, LIMIT));
  }
}
