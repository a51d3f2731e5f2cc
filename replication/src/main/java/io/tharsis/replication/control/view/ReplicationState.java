package io.tharsis.replication.control.view;

import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a replica is doing. The rows of a table, the first that applies wins; written out in {@code
 * docs/reference/states.md}.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions are pure
public enum ReplicationState {
  UNRESPONSIVE(
      "UnResponsive",
      "its node has been silent for longer than the limit; all else is its last word",
      ReplicaFacts::isSilent),
  NOT_JOINED(
      "NotJoined",
      "the resource's member list does not hold this node",
      facts -> !facts.standing().member()),
  NOT_STARTED("NotStarted", "attach is switched off", facts -> !facts.switches().attach()),
  REPLICATING(
      "Replicating",
      "it serves as the primary; members fetch its log as they can",
      facts -> facts.standing().serving()),
  NOT_YET_PRIMARY(
      "NotYetPrimary",
      "it is to be the primary and does not serve yet",
      facts -> facts.standing().designated()),
  STOPPED(
      "Stopped",
      "its log cannot go on; the disk state says why",
      facts -> facts.log().trouble().isPresent()),
  PAUSED_SYNC(
      "PausedSync",
      "parts of the disk are to be copied, and sync is switched off",
      facts -> !facts.isSynced() && !facts.switches().sync()),
  SYNCING(
      "Syncing",
      "parts of the disk are being copied",
      facts -> !facts.isSynced() && facts.primary().reachable()),
  PAUSED_FETCH("PausedFetch", "fetch is switched off", facts -> !facts.switches().fetch()),
  PAUSED_REPLAY("PausedReplay", "replay is switched off", facts -> !facts.switches().replay()),
  NO_PRIMARY_DESIGNATED(
      "NoPrimaryDesignated",
      "the directory names no primary",
      facts -> facts.primary().host().isEmpty()),
  PRIMARY_UNREACHABLE(
      "PrimaryUnreachable",
      "neither the primary nor a member that has its log can be reached",
      facts -> !facts.primary().reachable()),
  LOG_FULL(
      "LogFull", "there is no room to fetch more log", facts -> facts.log().shortage().isPresent()),
  REPLAYING("Replaying", "it fetches and replays as log comes", facts -> true);

  private final String word;
  private final String when;
  private final Predicate<ReplicaFacts> condition;

  ReplicationState(String word, String when, Predicate<ReplicaFacts> condition) {
    this.word = word;
    this.when = when;
    this.condition = condition;
  }

  /** The first row that applies. */
  public static ReplicationState of(ReplicaFacts facts) {
    return Stream.of(values()).filter(row -> row.condition.test(facts)).findFirst().orElseThrow();
  }

  /** How it is shown. */
  public String word() {
    return word;
  }

  /** When it applies, in words, if none above does. */
  public String when() {
    return when;
  }
}
