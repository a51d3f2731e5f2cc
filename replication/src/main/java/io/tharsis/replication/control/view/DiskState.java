package io.tharsis.replication.control.view;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.view.ReplicaFacts.Trouble;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the copy on a disk is worth. The rows of a table, the first that applies wins; written out
 * in {@code docs/reference/states.md}.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions are pure
public enum DiskState {
  NOT_JOINED(
      "NotJoined",
      "the resource's member list does not hold this node",
      "leave-resource there if it was dismissed, then join-resource",
      facts -> !facts.standing().member()),
  DISK_ERROR(
      "DiskError",
      "the disk has given an error; it stands in brackets",
      "detach, mend the disk, attach; invalidate if it was replaced",
      facts -> facts.disk().error().isPresent(),
      facts -> facts.disk().error().orElse("")),
  NOT_PRESENT(
      "NotPresent",
      "the disk is not there",
      "bring the disk back, then attach",
      facts -> !facts.disk().present()),
  DETACHING(
      "Detaching",
      "attach is switched off and the disk is still in use",
      "wait-resource R detached",
      facts -> !facts.switches().attach() && facts.disk().attached()),
  DETACHED("Detached", "attach is switched off", "attach", facts -> !facts.switches().attach()),
  DEFECTIVE_LOG(
      "DefectiveLog",
      "a record that is needed cannot be read, here and at every member",
      "log verify, then invalidate",
      facts -> facts.hasTrouble(Trouble.Kind.DEFECTIVE),
      ReplicaFacts::troubleText),
  SUSPECT(
      "Suspect",
      "the log ends before what others know it to have acknowledged",
      "connect it to a member that has the rest",
      facts -> facts.hasTrouble(Trouble.Kind.SUSPECT),
      ReplicaFacts::troubleText),
  BRANCH(
      "Branch",
      "the log goes beyond a fork with the primary's: two sides have written",
      "choose a side; invalidate the other",
      facts -> facts.hasTrouble(Trouble.Kind.BRANCH),
      ReplicaFacts::troubleText),
  ORPHAN(
      "Orphan",
      "what the log needs next is kept by no member any more, and its sync has not begun",
      "resume-sync",
      facts -> facts.hasTrouble(Trouble.Kind.ORPHAN),
      ReplicaFacts::troubleText),
  NO_ATTACH(
      "NoAttach",
      "attach is switched on and the disk is not in use",
      "view, which says why; then attach",
      facts -> !facts.disk().attached()),
  INCONSISTENT(
      "InConsistent",
      "parts of the disk are still to be copied, or were copied at a later moment than the disk"
          + " has reached; the amount to copy stands in brackets",
      "wait-resource R consistent",
      facts -> !facts.isConsistent(),
      facts -> DataSize.format(facts.disk().dirtyBytes())),
  LOG_FULL(
      "LogFull",
      "there is no room for more log; why stands in brackets",
      "give the log more space, or leave-resource for a member that is gone",
      facts -> facts.log().shortage().isPresent(),
      facts -> facts.log().shortage().orElse("")),
  RECOVERY(
      "Recovery",
      "it is to be the primary and does not serve yet; the log that is not on the disk stands in"
          + " brackets",
      "wait-resource R primary",
      facts -> facts.standing().designated() && !facts.standing().serving(),
      facts -> DataSize.format(facts.unappliedBytes())),
  WRITE_BACK(
      "WriteBack",
      "it serves, and the newest writes are in its log and not on its disk yet; how much stands in"
          + " brackets",
      "nothing: this is normal",
      facts -> facts.standing().serving() && !facts.isReplayed(),
      facts -> DataSize.format(facts.unappliedBytes())),
  OUT_DATED(
      "OutDated",
      "consistent and behind: F is log to fetch, R is log to replay, S is a newer copy that is"
          + " staged",
      "nothing while it catches up; else view its switches",
      facts -> !facts.standing().serving() && !(facts.isFetched() && facts.isReplayed()),
      facts ->
          (facts.isFetched() ? "" : "F")
              + (facts.unappliedBytes() > 0 ? "R" : "")
              + (facts.isStaging() ? "S" : "")),
  CONSISTENT(
      "Consistent",
      "it has everything that is known of, and the primary has been silent for the time in"
          + " brackets, or was not heard since the node that is asked was started",
      "look for the primary, or for the network to it",
      facts -> !facts.standing().serving() && facts.isPrimarySilent(),
      facts -> facts.primary().age().map(TimeSpan::format).orElse("not heard yet")),
  UP_TO_DATE(
      "UpToDate", "it has everything that the primary has", "nothing: all is well", facts -> true);

  private final String word;
  private final String when;
  private final String advice;
  private final Predicate<ReplicaFacts> condition;
  private final Function<ReplicaFacts, String> detail;

  DiskState(String word, String when, String advice, Predicate<ReplicaFacts> condition) {
    this(word, when, advice, condition, facts -> "");
  }

  DiskState(
      String word,
      String when,
      String advice,
      Predicate<ReplicaFacts> condition,
      Function<ReplicaFacts, String> detail) {
    this.word = word;
    this.when = when;
    this.advice = advice;
    this.condition = condition;
    this.detail = detail;
  }

  /** The first row that applies. */
  public static DiskState of(ReplicaFacts facts) {
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

  /** What helps. */
  public String advice() {
    return advice;
  }

  /** Whether nothing has to be done about it. */
  boolean isFine() {
    return switch (this) {
      case DETACHING, RECOVERY, WRITE_BACK, OUT_DATED, UP_TO_DATE -> true;
      case NOT_JOINED, DISK_ERROR, NOT_PRESENT, DETACHED, DEFECTIVE_LOG, SUSPECT -> false;
      case BRANCH, ORPHAN, NO_ATTACH, INCONSISTENT, LOG_FULL, CONSISTENT -> false;
    };
  }

  /** What stands in brackets behind the word; empty if nothing does. */
  public String detail(ReplicaFacts facts) {
    return detail.apply(facts);
  }
}
