package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.node.Verbs.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The verbs that care for a resource's log. Lives on the node's owner. */
final class Upkeep {

  private final Surroundings around;
  private final Facts facts;

  Upkeep(Surroundings around) {
    this.around = around;
    this.facts = new Facts(around);
  }

  private static <T> Async<T> refused(Refusal refusal) {
    return Async.failed(refusal.thrown());
  }

  private static Refusal notOpen(Deed deed) {
    return Refusal.host(
        "not-open",
        "the replica of %s is not open here".formatted(deed.name()),
        "tharsis view %s, which says why".formatted(deed.name()));
  }

  // ---- log-rotate ----

  /** Begins a new logfile at the primary. */
  Async<Plan> rotate(Tenancy here) {
    if (here.report().isEmpty()) {
      return refused(notOpen(here.deed()));
    }
    Optional<Report.Problem> full =
        here.report().get().faults().stream()
            .filter(fault -> fault.code().equals(Faults.LOG_FULL))
            .findFirst();
    if (full.isPresent()) {
      return refused(
          Refusal.forbidden(
              "log-full",
              "there is no space for another logfile of %s: %s"
                  .formatted(here.deed().name(), full.get().words()),
              "tharsis log-delete %s, which says what holds it".formatted(here.deed().name())));
    }
    return Async.of(
        new Plan(
            true,
            List.of("end the current logfile, if it holds anything, and begin the next"),
            () -> here.rotate().map(Upkeep::rotated)));
  }

  private static Outcome rotated(boolean begun) {
    return begun
        ? new Outcome.Done(true, List.of("ended the current logfile and began the next"))
        : Outcome.Done.already("the current logfile holds nothing yet");
  }

  // ---- log-delete ----

  /** Gives back what nobody needs of this replica's log. */
  Async<Plan> giveBack(Tenancy here) {
    if (here.report().isEmpty()) {
      return refused(notOpen(here.deed()));
    }
    return Async.of(
        new Plan(
            true,
            List.of("give back the space of logfiles that nobody needs"),
            () -> here.giveBack().then(space -> given(here, space))));
  }

  private Async<Outcome> given(Tenancy here, LogSpace space) {
    return here.freshReport()
        .map(seen -> {
          List<String> steps = new ArrayList<>();
          steps.add(
              "gave back %s; the log takes %s"
                  .formatted(
                      DataSize.format(space.givenBytes()), DataSize.format(space.usedBytes())));
          if (space.unappliedBytes() > 0) {
            steps.add(
                "%s of log are not on this disk yet"
                    .formatted(DataSize.format(space.unappliedBytes())));
          }
          if (space.heldBytes() > 0) {
            steps.add(
                "%s are kept for other members only".formatted(DataSize.format(space.heldBytes())));
            seen.ifPresent(report -> steps.addAll(needs(here.deed().resource(), report)));
          }
          return new Outcome.Done(space.givenBytes() > 0, steps);
        });
  }

  /** Who still needs what, the slowest first. */
  private List<String> needs(UUID resource, Report report) {
    long end = report.marks().durable();
    return report.needed().entrySet().stream()
        .filter(one -> one.getValue() != Retention.GIVEN_UP && one.getValue() < end)
        .sorted(Map.Entry.comparingByValue())
        .map(one ->
            "%s needs the log from LSN %d on, which is %s; it was heard of %s"
                .formatted(
                    facts.nameOf(one.getKey()),
                    one.getValue(),
                    DataSize.format(end - one.getValue()),
                    heard(resource, one.getKey())))
        .toList();
  }

  private String heard(UUID resource, UUID node) {
    return around
        .directory()
        .view()
        .replica(resource, node)
        .map(shown -> TimeSpan.format(around.directory().view().age(shown)) + " ago")
        .orElse("never");
  }
}
