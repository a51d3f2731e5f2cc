package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.Views;
import io.tharsis.replication.node.Verbs.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The verbs that end a membership or a resource, and what forbids them: a copy that may be the last
 * one. Lives on the node's owner.
 */
final class LeavingVerbs {

  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Surroundings around;
  private final Verbs.Register register;
  private final Viewer viewer;
  private final Lookup lookup;
  private final ResourceTeller resources;
  private final Facts facts;
  private final Unshared unshared;

  LeavingVerbs(Surroundings around, Verbs.Register register, Viewer viewer) {
    this.around = around;
    this.register = register;
    this.viewer = viewer;
    this.lookup = new Lookup(around, register);
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
    this.unshared = new Unshared(resources);
  }

  private Views view() {
    return around.directory().view();
  }

  private UUID self() {
    return around.setting().self().node();
  }

  Async<Plan> leave(Command.LeaveResource leave) {
    if (register.find(leave.resource()).filter(one -> !one.deed().isClient()).isEmpty()
        && !view().resourcesNamed(leave.resource()).isEmpty()) {
      return Async.of(Plan.already("this node has no replica of %s".formatted(leave.resource())));
    }
    return lookup
        .member(leave.resource())
        .then(here -> {
          Deed deed = here.deed();
          Optional<Refusal> last =
              hasRole(deed, leave.acceptLoss()).or(() -> lastCopy(deed, leave.acceptLoss()));
          if (last.isPresent()) {
            return Lookup.refused(last.get());
          }
          Async<Optional<Refusal>> own =
              leave.acceptLoss()
                  ? Async.of(Optional.empty())
                  : here.inTurn(() -> unshared.look(here));
          return own.then(objection ->
              objection
                  .<Async<Plan>>map(Lookup::refused)
                  .orElseGet(() -> Async.of(goodbyePlan(here, leave.acceptLoss()))));
        });
  }

  private Plan goodbyePlan(Tenancy here, boolean acceptLoss) {
    return Plan.of(
        () -> goodbye(here, acceptLoss),
        "close the replica and remove its log; %s stays as it is"
            .formatted(here.deed().holding().disk()),
        "tell the primary, now or as soon as it can be reached");
  }

  static Refusal isPrimary(Deed deed, String verb) {
    return Refusal.forbidden(
        "is-primary",
        "this node is the primary of %s and cannot %s".formatted(deed.name(), verb),
        "tharsis delete-resource " + deed.name() + " if it is not needed any more");
  }

  private Optional<Refusal> hasRole(Deed deed, boolean acceptLoss) {
    return deed.isPrimary() ? Optional.of(isPrimary(deed, "leave")) : keeper(deed, acceptLoss);
  }

  /** Who knows where the log ends can hand the role on, and nobody else, until somebody has it. */
  private Optional<Refusal> keeper(Deed deed, boolean acceptLoss) {
    return deed.granted()
        .filter(granted -> !acceptLoss)
        .filter(granted -> resources.since(deed.resource(), granted.end().epoch()).isEmpty())
        .map(granted ->
            Refusal.forbidden(
                "keeps-role",
                "%s has no primary yet that goes on from where this node ended its log"
                    .formatted(deed.name()),
                "tharsis primary %s at the node that is to go on; or delete-resource"
                    .formatted(deed.name())));
  }

  private Async<Void> goodbye(Tenancy here, boolean acceptLoss) {
    Deed deed = here.deed();
    return here.leave(now -> hasRole(now, acceptLoss))
        .then(done ->
            resources
                .primaryOf(deed.resource())
                .filter(primary -> around.peers().isLinked(primary))
                .map(primary -> tellPrimary(primary, deed))
                .orElseGet(Async::done));
  }

  /** It hears of it by the directory too, so a failure does not matter. */
  private Async<Void> tellPrimary(UUID primary, Deed deed) {
    return around
        .peers()
        .ask(
            primary,
            new Inquiry.Dismiss(deed.resource(), self(), Optional.of(deed.membership())),
            ANSWER)
        .map(done -> (Void) null)
        .orElse(cause -> Async.done());
  }

  /** What forbids giving up this node's copy: that no other consistent one is known. */
  Optional<Refusal> lastCopy(Deed deed, boolean acceptLoss) {
    if (acceptLoss) {
      return Optional.empty();
    }
    List<ReplicaFacts> others = viewer.others(deed.resource());
    boolean safe =
        others.stream()
            .anyMatch(one ->
                (one.standing().serving() || Lodgings.isConsistent(one))
                    && !one.isSilent()
                    && one.log().durableLsn() >= leastLsn(deed));
    if (safe) {
      return Optional.empty();
    }
    return Optional.of(
        Refusal.forbidden(
            "last-copy",
            "no other consistent copy of %s is known to be there now; %s"
                .formatted(deed.name(), Lodgings.describe(others)),
            "bring another one up; or --accept-loss if this copy is not needed"));
  }

  /** Where the log ends that this node was the last to write, if nobody has gone on from there. */
  private static long leastLsn(Deed deed) {
    return deed.granted().map(granted -> granted.end().endLsn()).orElse(0L);
  }

  Async<Plan> leaveFor(Command.LeaveResource leave) {
    String host = leave.host().orElseThrow();
    List<UUID> nodes = view().nodesNamed(host);
    if (nodes.contains(self())) {
      return leave(
          new Command.LeaveResource(leave.resource(), Optional.empty(), leave.acceptLoss()));
    }
    return lookup
        .named(leave.resource())
        .then(id -> {
          Optional<UUID> listed =
              nodes.stream().filter(node -> resources.isMember(id, node)).findFirst();
          if (listed.isEmpty()) {
            return Async.of(
                Plan.already("%s is no member of %s".formatted(host, leave.resource())));
          }
          return dismissal(leave, id, listed.get());
        });
  }

  private Async<Plan> dismissal(Command.LeaveResource leave, UUID id, UUID node) {
    String host = leave.host().orElseThrow();
    Optional<UUID> primary = resources.primaryOf(id);
    if (primary.isEmpty()) {
      return Lookup.refused(resources.noPrimary(leave.resource()));
    }
    if (primary.get().equals(node)) {
      return Lookup.refused(
          Refusal.forbidden(
              "is-primary",
              "%s is the primary of %s".formatted(host, leave.resource()),
              "tharsis view " + leave.resource()));
    }
    if (around.peers().isLinked(node)) {
      return Lookup.refused(
          Refusal.forbidden(
              "node-alive",
              "node %s is alive and can leave by itself".formatted(host),
              "tharsis leave-resource " + leave.resource() + " there"));
    }
    return Async.of(
        Plan.of(
                () ->
                    around
                        .peers()
                        .ask(primary.get(), new Inquiry.Dismiss(id, node, Optional.empty()), ANSWER)
                        .map(done -> (Void) null),
                "have %s, the primary, count %s no more and keep no log for it"
                    .formatted(facts.nameOf(primary.get()), host))
            .needing(primary.get()));
  }

  Async<Plan> delete(Command.DeleteResource delete) {
    Optional<Tenancy> here = register.find(delete.resource()).filter(one -> !one.deed().isClient());
    if (delete.local()) {
      return here.isEmpty()
          ? Async.of(Plan.already("this node has nothing of " + delete.resource()))
          : deleteLocally(delete, here.get());
    }
    if (here.isEmpty() && view().resourcesNamed(delete.resource()).isEmpty()) {
      return Lookup.refused(lookup.unknown(delete.resource()));
    }
    if (here.isEmpty() || !mayDelete(here.get().deed())) {
      return lookup
          .named(delete.resource())
          .then(id ->
              Lookup.refused(
                  Refusal.forbidden(
                      "not-primary",
                      "only the primary of %s can delete it; that is %s"
                          .formatted(
                              delete.resource(),
                              resources.primaryOf(id).map(facts::nameOf).orElse("not known")),
                      "the same there; or --local if there is no primary any more")));
    }
    return deleteAtPrimary(delete, here.get());
  }

  /** The primary, or who was that last if nobody is. */
  private static boolean mayDelete(Deed deed) {
    return deed.isPrimary()
        || deed.granted().filter(Deed.Transfer.Granted::isToAnybody).isPresent();
  }

  private Async<Plan> deleteLocally(Command.DeleteResource delete, Tenancy here) {
    Deed deed = here.deed();
    boolean alive =
        resources.primaryOf(deed.resource()).filter(around.peers()::isLinked).isPresent();
    if (alive && !deed.isPrimary()) {
      return Lookup.refused(
          Refusal.forbidden(
              "has-primary",
              "%s has a primary that can be reached".formatted(deed.name()),
              "tharsis leave-resource " + deed.name()));
    }
    if (deed.isPrimary()) {
      return Lookup.refused(isPrimary(deed, "forget it for itself alone"));
    }
    Optional<Refusal> last =
        keeper(deed, delete.acceptLoss()).or(() -> lastCopy(deed, delete.acceptLoss()));
    return last.isPresent()
        ? Lookup.refused(last.get())
        : Async.of(
            Plan.of(
                here::leave,
                "close the replica and remove its log; %s stays as it is"
                    .formatted(deed.holding().disk())));
  }

  private Async<Plan> deleteAtPrimary(Command.DeleteResource delete, Tenancy here) {
    Deed deed = here.deed();
    List<String> members =
        resources.otherMembers(deed.resource()).stream().map(facts::nameOf).toList();
    if (!members.isEmpty() && !delete.acceptLoss()) {
      return Lookup.refused(
          Refusal.forbidden(
              "has-members",
              "%s has members: %s".formatted(deed.name(), String.join(", ", members)),
              "tharsis leave-resource " + deed.name() + " there; or --accept-loss"));
    }
    return Async.of(
        Plan.of(
            () -> deleteForEver(here),
            "take the LUN from initiators",
            "delete %s for ever, at all nodes; what is on disks stays there"
                .formatted(deed.name())));
  }

  private Async<Void> deleteForEver(Tenancy here) {
    Deed deed = here.deed();
    Async<Void> deleted =
        deed.resource().equals(Key.NIL)
            ? Async.done()
            : around
                .directory()
                .delete(Key.resource(deed.resource()), deed.name())
                .map(done -> (Void) null);
    return deleted.then(done -> here.leave());
  }
}
