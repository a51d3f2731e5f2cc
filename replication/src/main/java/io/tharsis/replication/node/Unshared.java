package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogBranches;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * What a replica has that no other one may have: a branch that nobody has decided about, and those
 * that are kept beside its log. Both go with the log, and so forbid to remove it without a word.
 * Lives on the node's owner.
 */
final class Unshared {

  private final ResourceTeller resources;

  Unshared(ResourceTeller resources) {
    this.resources = resources;
  }

  /** Where the log of a member parts with that of the primary, if it does. */
  static Optional<Fork> fork(Tenancy here, Optional<Report> seen) {
    return seen.filter(any -> here.deed().stage() == Deed.Stage.MEMBER)
        .flatMap(now -> here.parting(now).where());
  }

  /** What forbids to remove the log; in its turn. */
  Async<Optional<Refusal>> look(Tenancy here) {
    return here.freshReport()
        .then(seen ->
            undecided(here, seen)
                .then(found -> found.isPresent() || seen.isEmpty() ? Async.of(found) : kept(here)));
  }

  /** Where no fork is known, only what it was found to be is: as long as it is not open, too. */
  private static Optional<Refusal> told(Tenancy here, Report.Problem remark) {
    return Optional.of(remark)
        .filter(one -> one.code().equals(Faults.BRANCH))
        .map(one -> refusal(here, "what it has of that: " + one.words()));
  }

  private static Async<Optional<Refusal>> undecided(Tenancy here, Optional<Report> seen) {
    Optional<Fork> fork = fork(here, seen);
    if (fork.isEmpty()) {
      return Async.of(here.remark().flatMap(remark -> told(here, remark)));
    }
    return here.replica()
        .survey(fork.get().lsn())
        .map(found ->
            Optional.of(found)
                .filter(some -> some.firstMillis() != 0)
                .map(some -> refusal(here, BranchVerbs.loss(seen.get(), fork.get(), some))));
  }

  private static Refusal refusal(Tenancy here, String loss) {
    String name = here.deed().name();
    return Refusal.forbidden(
        "branch",
        "no other replica of %s has %s".formatted(name, loss),
        here.dismissed().isPresent()
            ? "--accept-loss, if nobody needs it"
            : "tharsis invalidate %s, which keeps that for a time; or --accept-loss"
                .formatted(name));
  }

  private Async<Optional<Refusal>> kept(Tenancy here) {
    return here.replica()
        .branches(resources.keepBranches(here.deed().resource()))
        .map(all -> all.isEmpty() ? Optional.empty() : Optional.of(keeps(here, all)));
  }

  private static Refusal keeps(Tenancy here, List<LogBranches.Kept> all) {
    String name = here.deed().name();
    LogBranches.Kept first = all.getFirst();
    return Refusal.forbidden(
        "keeps-branch",
        "%d branches of %s are kept here, and would go with its log: %s, %s of log, first"
            .formatted(
                all.size(),
                name,
                first.name(),
                DataSize.format(first.note().toLsn() - first.note().fromLsn())),
        "tharsis delete-branch %s %s, if nobody needs it; or --accept-loss"
            .formatted(name, first.name()));
  }
}
