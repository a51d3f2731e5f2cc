package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogBranches;
import io.tharsis.logfiles.log.LogSurvey;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.node.Verbs.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The verbs that give this node's copy up, or a branch. Lives on the node's owner. */
final class BranchVerbs {

  private final Surroundings around;
  private final Lookup lookup;
  private final LeavingVerbs leaving;
  private final ResourceTeller resources;
  private final Facts facts;

  BranchVerbs(Surroundings around, Lookup lookup, LeavingVerbs leaving) {
    this.around = around;
    this.lookup = lookup;
    this.leaving = leaving;
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
  }

  Async<Plan> invalidate(Command.Invalidate invalidate) {
    return lookup
        .member(invalidate.resource())
        .then(here -> {
          Deed deed = here.deed();
          if (deed.isPrimary()) {
            return Lookup.refused(LeavingVerbs.isPrimary(deed, "give up its copy"));
          }
          Optional<Refusal> last =
              here.dismissed().or(() -> leaving.lastCopy(deed, invalidate.acceptLoss()));
          if (last.isPresent()) {
            return Lookup.refused(last.get());
          }
          // who has handed the role over may still be shown as the one who has it
          Optional<UUID> primary = resources.otherPrimary(deed.resource());
          if (primary.isEmpty()) {
            return Lookup.refused(resources.noPrimary(deed.name()));
          }
          // in its turn: a replica whose role changes, or that is being opened, cannot be looked at
          return here.inTurn(() -> here.freshReport().then(seen -> plan(here, seen, primary.get())))
              .map(plan -> plan.needing(primary.get()));
        });
  }

  private Async<Plan> plan(Tenancy here, Optional<Report> seen, UUID primary) {
    Optional<Fork> fork = Unshared.fork(here, seen);
    if (fork.isEmpty()) {
      return Async.of(anew(here));
    }
    Duration longest = resources.keepBranches(here.deed().resource());
    return here.replica()
        .branches(longest)
        .then(all ->
            all.stream().anyMatch(one -> one.name().equals(fork.get().branchName()))
                ? Lookup.refused(keptAlready(here, fork.get()))
                : here.replica().survey(fork.get().lsn()))
        .map(found -> giveUp(here, seen.get(), fork.get(), found, primary));
  }

  /** The name says where, and the log has been given up there before. */
  private static Refusal keptAlready(Tenancy here, Fork fork) {
    return Refusal.forbidden(
        "branch-kept",
        "another branch of %s that left the log at the same place is kept here as %s"
            .formatted(here.deed().name(), fork.branchName()),
        "tharsis delete-branch %s %s, if nobody needs it; then the same again"
            .formatted(here.deed().name(), fork.branchName()));
  }

  /** Deletes a branch that is kept here. */
  Async<Plan> delete(Command.DeleteBranch delete) {
    return lookup
        .member(delete.resource())
        .then(here -> {
          Duration longest = resources.keepBranches(here.deed().resource());
          return here.inTurn(() ->
              here.isOpen()
                  ? here.replica().branches(longest).map(all -> delete(here, all, delete.branch()))
                  : Lookup.refused(here.notOpen()));
        });
  }

  private static Plan delete(Tenancy here, List<LogBranches.Kept> all, String name) {
    return all.stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .map(one ->
            Plan.of(
                () -> here.deleteBranch(name),
                "delete %s of %s for ever: %s of log, kept since %s"
                    .formatted(
                        name,
                        here.deed().name(),
                        DataSize.format(one.note().toLsn() - one.note().fromLsn()),
                        Instant.ofEpochMilli(one.note().keptMillis()))))
        .orElseGet(() -> Plan.already("no %s is kept here".formatted(name)));
  }

  private static Plan anew(Tenancy here) {
    Deed deed = here.deed();
    return Plan.of(
        () -> here.renew().then(done -> stillOpen(here)),
        "begin the log anew where the primary's newest logfile begins",
        wholeDisk(deed));
  }

  private static String wholeDisk(Deed deed) {
    return "compare %s with the primary, and copy what differs (%s to be looked at)"
        .formatted(deed.holding().disk(), DataSize.format(deed.holding().sizeBytes().orElse(0)));
  }

  private Plan giveUp(Tenancy here, Report seen, Fork fork, LogSurvey.Found found, UUID primary) {
    List<String> steps = new ArrayList<>();
    steps.add(
        "give up what is here and not at %s: %s"
            .formatted(facts.nameOf(primary), loss(seen, fork, found)));
    steps.add(
        "keep that log beside the other as %s, for %d days"
            .formatted(fork.branchName(), resources.keepBranches(here.deed().resource()).toDays()));
    if (seen.marks().retained() > fork.lsn()) {
      steps.add(
          "begin the log anew, as it does not reach back to LSN %d here: it begins at %d"
              .formatted(fork.lsn(), seen.marks().retained()));
      steps.add(wholeDisk(here.deed()));
    } else {
      steps.add(
          seen.marks().checkpoint() > fork.lsn()
              ? "copy from %s what that has changed on %s, %s at most"
                  .formatted(
                      facts.nameOf(primary),
                      here.deed().holding().disk(),
                      DataSize.format(found.touchedBytes()))
              : "leave %s as it is, which has nothing of that"
                  .formatted(here.deed().holding().disk()));
      steps.add(following(here.deed(), fork, primary));
    }
    return Plan.of(
        () -> here.rewind(fork).then(done -> stillOpen(here)), steps.toArray(String[]::new));
  }

  /** From where on, and what if that is gone. */
  private String following(Deed deed, Fork fork, UUID primary) {
    long kept =
        around
            .directory()
            .view()
            .replica(deed.resource(), primary)
            .map(shown -> shown.content().log().retainedLsn())
            .orElse(0L);
    return kept <= fork.lsn()
        ? "follow the log from LSN %d on".formatted(fork.lsn())
        : ("compare what has changed since LSN %d, as far as that is known, else all: %s keeps its"
                + " log from %d on only")
            .formatted(fork.lsn(), facts.nameOf(primary), kept);
  }

  /** What there is beyond a fork, in words. */
  static String loss(Report seen, Fork fork, LogSurvey.Found found) {
    String bytes =
        "%s of log from LSN %d on"
            .formatted(DataSize.format(seen.marks().durable() - fork.lsn()), fork.lsn());
    return found.firstMillis() == 0
        ? bytes + ", without a write"
        : bytes
            + ", written from %s to %s, %s of the volume"
                .formatted(
                    Instant.ofEpochMilli(found.firstMillis()),
                    Instant.ofEpochMilli(found.lastMillis()),
                    DataSize.format(found.touchedBytes()));
  }

  private static Async<Void> stillOpen(Tenancy here) {
    return here.isOpen() || !here.deed().switches().attach()
        ? Async.done()
        : Lookup.refused(here.notOpen());
  }
}
