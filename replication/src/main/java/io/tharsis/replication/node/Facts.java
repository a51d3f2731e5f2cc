package io.tharsis.replication.node;

import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.replication.control.Switches;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.control.view.ReplicaFacts.Trouble;
import io.tharsis.replication.directory.ReplicaDocument;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.directory.Views;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Makes what is known of a replica out of documents. Lives on the node's owner. */
final class Facts {

  private static final ReplicaDocument.LogPart NO_LOG =
      new ReplicaDocument.LogPart(Faults.NO_EPOCH, 0, 0, 0);

  /**
   * What the primary of a resource has said.
   *
   * @param host its name; empty if there is none, or more than one
   * @param age how long ago; empty if it has said nothing since this node was started
   */
  record PrimarySaid(
      Optional<UUID> node,
      Optional<String> host,
      long durableLsn,
      Instant durableTime,
      long writeBytesPerSecond,
      Optional<Duration> age) {}

  /**
   * A replica as it was told.
   *
   * @param document what its node says of it
   * @param age how old that is
   */
  record Told(ReplicaDocument document, Duration age) {}

  private final Surroundings around;

  Facts(Surroundings around) {
    this.around = around;
  }

  private Views view() {
    return around.directory().view();
  }

  String nameOf(UUID node) {
    return view().node(node).map(shown -> shown.content().name()).orElse(node.toString());
  }

  /** What the primary has said of itself, or {@code own} if that is this node. */
  PrimarySaid primary(UUID resource, Optional<UUID> primary, Optional<ReplicaDocument> own) {
    Optional<Views.Shown<ReplicaDocument>> shown =
        primary.flatMap(node -> view().replica(resource, node));
    boolean here = primary.filter(around.setting().self().node()::equals).isPresent();
    Optional<ReplicaDocument> said =
        here && own.isPresent() ? own : shown.map(Views.Shown::content);
    Instant now = Instant.ofEpochMilli(around.seams().home().clock().wallMillis());
    return new PrimarySaid(
        primary,
        primary.map(this::nameOf),
        said.map(document -> document.log().durableLsn()).orElse(0L),
        here
            ? now
            : shown
                .map(one -> Instant.ofEpochMilli(HybridClock.millis(one.origin().stamp())))
                .orElse(Instant.EPOCH),
        said.map(document -> Telling.of(document).rates().write()).orElse(0L),
        here ? Optional.of(Duration.ZERO) : shown.filter(this::isHeard).map(view()::age));
  }

  /** What was stored before this node was started says nothing of how its writer is now. */
  private boolean isHeard(Views.Shown<ReplicaDocument> shown) {
    return view().age(shown.origin().node()).isPresent();
  }

  /** Everything that is known of the replica of a member, or of one that is none. */
  ReplicaFacts of(UUID node, boolean member, int claims, Optional<Told> told, PrimarySaid primary) {
    ReplicaDocument.LogPart log = told.map(it -> it.document().log()).orElse(NO_LOG);
    boolean serving = has(told, Faults.SERVING);
    boolean here = primary.node().filter(node::equals).isPresent();
    Telling telling = told.map(it -> Telling.of(it.document())).orElseGet(Telling::nothing);
    return new ReplicaFacts(
        nameOf(node),
        new ReplicaFacts.Standing(member, here, serving, serving, claims),
        disk(told),
        switches(told),
        new ReplicaFacts.Log(
            log.durableLsn(),
            log.checkpointLsn(),
            consistentFromLsn(told),
            told.flatMap(it -> StagedTelling.of(it.document()))
                .map(it -> new ReplicaFacts.Staged(it.baseLsn(), it.durableLsn())),
            telling.contentMillis().map(Instant::ofEpochMilli).orElse(primary.durableTime()),
            trouble(told),
            fault(told, Faults.LOG_FULL)),
        new ReplicaFacts.Primary(
            primary.host(),
            serving || has(told, Faults.LINKED),
            here ? log.durableLsn() : primary.durableLsn(),
            primary.durableTime(),
            primary.writeBytesPerSecond(),
            primary.age()),
        new ReplicaFacts.Work(
            told.map(it -> it.document().sync().totalBytes()).orElse(0L),
            told.map(it -> it.document().sync().dirtyBytes()).orElse(0L),
            telling.rates().sync(),
            telling.rates().fetch(),
            telling.rates().replay()),
        new ReplicaFacts.Freshness(
            told.map(Told::age).orElse(Duration.ZERO), around.setting().silence()));
  }

  private static boolean has(Optional<Told> told, String word) {
    return told.filter(it -> it.document().words().contains(word)).isPresent();
  }

  private static ReplicaFacts.Disk disk(Optional<Told> told) {
    boolean present =
        told.filter(it -> !it.document().withdrawn()).isPresent()
            && fault(told, Faults.DISK_MISSING).isEmpty();
    return new ReplicaFacts.Disk(
        present,
        told.filter(it -> it.document().disk().attached()).isPresent(),
        fault(told, Faults.DISK_ERROR),
        told.map(it -> it.document().disk().sizes().getOrDefault(0, 0L)).orElse(0L),
        isStaging(told) ? 0 : told.map(it -> it.document().sync().dirtyBytes()).orElse(0L));
  }

  /** While what was staged is put on the disk, no checkpoint makes it a moment. */
  private static long consistentFromLsn(Optional<Told> told) {
    if (told.isPresent() && !has(told, Faults.CONSISTENT)) {
      return Long.MAX_VALUE;
    }
    return isStaging(told) ? 0 : told.map(it -> it.document().sync().maxStampLsn()).orElse(0L);
  }

  /** What it has still to get is not what its disk is worth. */
  private static boolean isStaging(Optional<Told> told) {
    return has(told, Faults.STAGING);
  }

  private static Switches switches(Optional<Told> told) {
    return told.map(it -> it.document().switches()).map(Lodgings::shown).orElse(Switches.ON);
  }

  private static Optional<String> fault(Optional<Told> told, String code) {
    return told.flatMap(it ->
        it.document().errors().stream()
            .filter(error -> error.code().equals(code))
            .map(ReplicaDocument.Fault::message)
            .findFirst());
  }

  private static Optional<Trouble> trouble(Optional<Told> told) {
    return trouble(told, Faults.LOG_DAMAGED, Trouble.Kind.DEFECTIVE)
        .or(() -> trouble(told, Faults.BRANCH, Trouble.Kind.BRANCH))
        .or(() -> trouble(told, Faults.SUSPECT, Trouble.Kind.SUSPECT))
        .or(() -> trouble(told, Faults.ORPHAN, Trouble.Kind.ORPHAN));
  }

  private static Optional<Trouble> trouble(Optional<Told> told, String code, Trouble.Kind kind) {
    return fault(told, code).map(words -> new Trouble(kind, words));
  }

  /** Size of a resource's volume. */
  static long sizeBytes(ResourceDocument resource) {
    return resource.sizes().getOrDefault(0, 0L);
  }
}
