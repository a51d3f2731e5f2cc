package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.node.Verbs.Plan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The verbs that care for a resource's log and size. Lives on the node's owner. */
final class Upkeep {

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Refusals that say nothing about the disk there. */
  private static final List<String> AWAY = List.of("node-unreachable", "node-silent");

  private final Surroundings around;
  private final Facts facts;
  private final ResourceTeller resources;

  Upkeep(Surroundings around) {
    this.around = around;
    this.facts = new Facts(around);
    this.resources = new ResourceTeller(around);
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
            () -> here.replica().rotate().map(Upkeep::rotated)));
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
            () -> here.replica().giveBack().then(space -> given(here, space))));
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

  // ---- resize ----

  /** Makes the volume larger while it is in use. */
  Async<Plan> resize(Tenancy here, long sizeBytes) {
    Deed deed = here.deed();
    if (here.report().isEmpty()) {
      return refused(notOpen(deed));
    }
    long now = here.report().get().sizeBytes();
    if (sizeBytes == now) {
      return Async.of(Plan.already("%s has %d bytes already".formatted(deed.name(), now)));
    }
    if (sizeBytes < now) {
      return refused(
          Refusal.forbidden(
              "shrink",
              "%s has %d bytes and cannot be made smaller".formatted(deed.name(), now),
              "a new, smaller resource, and copy to it"));
    }
    List<String> steps =
        List.of(
            "make the disks of all members that can be reached ready for %d bytes"
                .formatted(sizeBytes),
            "put the new size into the log, and tell initiators");
    return Async.of(new Plan(true, steps, () -> new Growing(here, sizeBytes).run()));
  }

  /** What to say of a node whose disk cannot be made ready. */
  static Refusal notReady(String node, long sizeBytes, IOException cause) {
    return Refusal.forbidden(
        "disk-not-ready",
        "the disk of node %s cannot be made ready for %d bytes: %s"
            .formatted(node, sizeBytes, cause.getMessage()),
        "enlarge the disk there first, then the same again");
  }

  /** One resize: first every disk, then the log. Nobody who is away holds it up. */
  private final class Growing {
    private final Tenancy here;
    private final long sizeBytes;
    private final List<String> steps = new ArrayList<>();

    Growing(Tenancy here, long sizeBytes) {
      this.here = here;
      this.sizeBytes = sizeBytes;
    }

    Async<Outcome> run() {
      UUID resource = here.deed().resource();
      String name = around.setting().name();
      List<Async<Void>> asked =
          resources.otherMembers(resource).stream().map(node -> ask(resource, node)).toList();
      return here.replica()
          .prepareSize(sizeBytes)
          .orElse(cause -> Async.failed(notReady(name, sizeBytes, cause).thrown()))
          .then(ready -> Async.forEach(asked, one -> one))
          .then(done -> here.resize(sizeBytes))
          .map(done -> {
            steps.add("%s has %d bytes now".formatted(here.deed().name(), sizeBytes));
            return new Outcome.Done(true, steps);
          });
    }

    private Async<Void> ask(UUID resource, UUID node) {
      String name = facts.nameOf(node);
      return around
          .peers()
          .ask(node, new Inquiry.PrepareSize(resource, sizeBytes), ANSWER)
          .map(answer -> {
            steps.add(
                Answers.isYes(answer)
                    ? "the disk of %s is ready".formatted(name)
                    : "the replica of %s is not open; its disk grows when it is".formatted(name));
            return (Void) null;
          })
          .orElse(cause -> {
            if (!isAway(cause)) {
              return Async.failed(cause);
            }
            steps.add("%s cannot be reached; its disk grows when it is back".formatted(name));
            return Async.done();
          });
    }

    private static boolean isAway(IOException cause) {
      return cause instanceof RefusedException refused && AWAY.contains(refused.refusal().code());
    }
  }
}
