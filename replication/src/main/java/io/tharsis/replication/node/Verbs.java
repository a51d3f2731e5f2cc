package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.Switches;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.directory.Views;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The verbs about resources: each looks whether it may, says what it will do, and does it. Lives on
 * the node's owner.
 */
final class Verbs {

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /**
   * A verb that may be carried out.
   *
   * @param changes whether anything is not as it is to be
   * @param steps what will be done, in words
   * @param work does it, and says what came of it
   */
  record Plan(boolean changes, List<String> steps, Work work) {

    /** Does what was planned. */
    @FunctionalInterface
    interface Work {
      /** Fails with a refusal. */
      Async<Outcome> run();
    }

    /** Does what was planned, and nothing else is to be said. */
    @FunctionalInterface
    interface Action {
      /** Fails with a refusal. */
      Async<Void> run();
    }

    static Plan already(String fact) {
      return new Plan(false, List.of(fact), () -> Async.of(Outcome.Done.already(fact)));
    }

    static Plan of(Action action, String... steps) {
      Outcome done = new Outcome.Done(true, List.of(steps));
      return new Plan(true, List.of(steps), () -> action.run().map(ran -> done));
    }

    Outcome outcome() {
      return new Outcome.Done(changes, steps);
    }
  }

  /** The replicas of this node. */
  interface Register {
    Optional<Tenancy> find(String resource);

    /** Makes the deed durable, and begins. */
    Async<Tenancy> add(Deed deed);

    List<Tenancy> all();
  }

  private final Surroundings around;
  private final Register register;
  private final Viewer viewer;
  private final ResourceTeller resources;
  private final Facts facts;
  private final Upkeep upkeep;

  Verbs(Surroundings around, Register register, Viewer viewer) {
    this.around = around;
    this.register = register;
    this.viewer = viewer;
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
    this.upkeep = new Upkeep(around);
  }

  private Views view() {
    return around.directory().view();
  }

  private UUID self() {
    return around.setting().self().node();
  }

  /** Looks whether a verb may be carried out; fails with a refusal if not. */
  Async<Plan> plan(Command.OnResource command) {
    return switch (command) {
      case Command.CreateResource create -> create(create);
      case Command.JoinResource join -> join(join);
      case Command.LeaveResource leave -> leave.host().isPresent() ? leaveFor(leave) : leave(leave);
      case Command.DeleteResource delete -> delete(delete);
      case Command.Invalidate invalidate -> invalidate(invalidate);
      case Command.Turn turn -> turn(turn);
      case Command.Verify verify ->
          primary(verify.resource())
              .map(here -> Plan.of(Async::done, "compare all copies, region by region"));
      case Command.LogRotate rotate -> primary(rotate.resource()).then(upkeep::rotate);
      case Command.LogDelete delete -> member(delete.resource()).then(upkeep::giveBack);
      case Command.Resize resize ->
          primary(resize.resource()).then(here -> upkeep.resize(here, resize.sizeBytes()));
      case Command.WaitResource _ -> Async.of(Plan.already("waiting changes nothing"));
    };
  }

  private static <T> Async<T> refused(Refusal refusal) {
    return Async.failed(refusal.thrown());
  }

  private Refusal unknown(String resource) {
    return ClusterView.unknown(resource, around.setting().name());
  }

  /** The resource of that name, if it is only one. */
  private Async<UUID> named(String name) {
    List<UUID> found = view().resourcesNamed(name);
    return switch (found.size()) {
      case 0 -> refused(unknown(name));
      case 1 -> Async.of(found.getFirst());
      default ->
          refused(
              Refusal.forbidden(
                  "name-taken-twice",
                  "%d resources are called %s: two partitions have each made one"
                      .formatted(found.size(), name),
                  "delete-resource on the primary of the one that is not wanted"));
    };
  }

  private Async<Tenancy> member(String name) {
    return register
        .find(name)
        .map(Async::of)
        .orElseGet(() ->
            refused(
                view().resourcesNamed(name).isEmpty()
                    ? unknown(name)
                    : Refusal.forbidden(
                        "not-a-member",
                        "node %s has no replica of %s".formatted(around.setting().name(), name),
                        "tharsis join-resource " + name + " DISK")));
  }

  /** This node's replica of a resource, if it is the primary. */
  private Async<Tenancy> primary(String name) {
    return member(name)
        .then(here ->
            here.deed().isPrimary()
                ? Async.of(here)
                : refused(
                    Refusal.forbidden(
                        "not-primary",
                        "node %s is not the primary of %s; that is %s"
                            .formatted(
                                around.setting().name(),
                                name,
                                resources
                                    .primaryOf(here.deed().resource())
                                    .map(facts::nameOf)
                                    .orElse("not known")),
                        "the same there")));
  }

  /** Compares all copies. */
  Async<Outcome> verify(Command.Verify verify, Duration deadline) {
    return primary(verify.resource())
        .then(here -> {
          List<UUID> members =
              resources.newest(here.deed().resource()).stream()
                  .flatMap(shown -> shown.content().members().stream())
                  .map(ResourceDocument.Member::node)
                  .filter(node -> !node.equals(self()))
                  .toList();
          return new Verification(around, here, members, verify.repair(), deadline).run();
        });
  }

  // ---- create-resource ----

  private Async<Plan> create(Command.CreateResource create) {
    Optional<Tenancy> here = register.find(create.resource());
    if (here.isPresent() && here.get().deed().isPrimary()) {
      Deed deed = here.get().deed();
      return deed.holding().disk().equals(create.disk())
          ? Async.of(
              Plan.already(
                  "%s is here already, on %s".formatted(deed.name(), deed.holding().disk())))
          : refused(exists(create.resource()));
    }
    if (here.isPresent() || !view().resourcesNamed(create.resource()).isEmpty()) {
      return refused(exists(create.resource()));
    }
    return diskInUse(create.disk())
        .map(Verbs::<Plan>refused)
        .orElseGet(() ->
            Async.of(
                Plan.of(
                    () -> make(create),
                    "open %s, and make a log for it".formatted(create.disk()),
                    "offer it to initiators as %s, with this node as its primary"
                        .formatted(create.resource()))));
  }

  private Refusal exists(String resource) {
    return Refusal.forbidden(
        "resource-exists",
        "there is a resource %s already".formatted(resource),
        "another name, or tharsis join-resource " + resource + " DISK to have a copy here");
  }

  private Optional<Refusal> diskInUse(String disk) {
    return register.all().stream()
        .filter(one -> one.deed().holding().disk().equals(disk))
        .findFirst()
        .map(one ->
            Refusal.forbidden(
                "disk-in-use",
                "%s holds the replica of %s".formatted(disk, one.deed().name()),
                "another disk"));
  }

  private Async<Void> make(Command.CreateResource create) {
    Deed deed =
        Deed.making(
            create.resource(),
            around.seams().entropy().nextUuid(),
            new Deed.Holding(create.disk(), create.sizeBytes(), create.writeCache()));
    return register.add(deed).then(this::begun);
  }

  /** A new replica must be open; otherwise it is as if nobody had asked, and why is said. */
  private Async<Void> begun(Tenancy tenancy) {
    return tenancy
        .settleNow()
        .then(done -> {
          if (tenancy.isOpen()) {
            return Async.done();
          }
          Refusal why =
              tenancy
                  .trouble()
                  .orElseGet(
                      () -> Refusal.host("not-open", "it did not open", "tharsis view, and again"));
          return tenancy.forget().then(gone -> Async.failed(why.thrown()));
        });
  }

  // ---- join-resource ----

  private Async<Plan> join(Command.JoinResource join) {
    Optional<Tenancy> here = register.find(join.resource());
    if (here.isPresent()) {
      return joined(join, here.get());
    }
    Optional<Refusal> inUse = diskInUse(join.disk());
    if (inUse.isPresent()) {
      return refused(inUse.get());
    }
    return named(join.resource())
        .then(id -> {
          Optional<UUID> primary = resources.primaryOf(id);
          if (primary.isEmpty()) {
            return refused(resources.noPrimary(join.resource()));
          }
          if (!around.peers().isLinked(primary.get())) {
            return refused(around.peers().unreachable(primary.get()));
          }
          return Async.of(
              Plan.of(
                  () -> begin(join, id),
                  "ask %s, the primary, to keep its log for this node"
                      .formatted(facts.nameOf(primary.get())),
                  "make a log, and copy to %s what it does not hold already"
                      .formatted(join.disk())));
        });
  }

  private Async<Plan> joined(Command.JoinResource join, Tenancy here) {
    Deed deed = here.deed();
    boolean listed = resources.isMember(deed.resource(), self());
    if (deed.holding().disk().equals(join.disk()) && (listed || here.isOpen())) {
      return Async.of(Plan.already("this node has a replica of %s already".formatted(deed.name())));
    }
    return refused(
        Refusal.forbidden(
            "member-already",
            "this node has a replica of %s, on %s".formatted(deed.name(), deed.holding().disk()),
            "tharsis leave-resource " + deed.name() + " first"));
  }

  private Async<Void> begin(Command.JoinResource join, UUID id) {
    ResourceDocument resource = resources.newest(id).orElseThrow().content();
    long size = Facts.sizeBytes(resource);
    Deed deed =
        Deed.joining(
            join.resource(),
            id,
            around.seams().entropy().nextUuid(),
            new Deed.Holding(
                join.disk(),
                size == 0 ? OptionalLong.empty() : OptionalLong.of(size),
                WriteCacheMode.DURABLE));
    return register.add(deed).then(this::begun);
  }

  // ---- leave-resource ----

  private Async<Plan> leave(Command.LeaveResource leave) {
    if (register.find(leave.resource()).isEmpty()
        && !view().resourcesNamed(leave.resource()).isEmpty()) {
      return Async.of(Plan.already("this node has no replica of %s".formatted(leave.resource())));
    }
    return member(leave.resource())
        .then(here -> {
          Deed deed = here.deed();
          if (deed.isPrimary()) {
            return refused(isPrimary(deed, "leave"));
          }
          Optional<Refusal> last = lastCopy(deed, leave.acceptLoss());
          return last.isPresent()
              ? refused(last.get())
              : Async.of(
                  Plan.of(
                      () -> goodbye(here),
                      "close the replica and remove its log; %s stays as it is"
                          .formatted(deed.holding().disk()),
                      "tell the primary, now or as soon as it can be reached"));
        });
  }

  private Refusal isPrimary(Deed deed, String verb) {
    return Refusal.forbidden(
        "is-primary",
        "this node is the primary of %s and cannot %s".formatted(deed.name(), verb),
        "tharsis delete-resource " + deed.name() + " if it is not needed any more");
  }

  private Async<Void> goodbye(Tenancy here) {
    Deed deed = here.deed();
    return here.leave()
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
  private Optional<Refusal> lastCopy(Deed deed, boolean acceptLoss) {
    if (acceptLoss) {
      return Optional.empty();
    }
    List<ReplicaFacts> others =
        viewer.replicas(deed.resource()).stream()
            .filter(one -> !one.host().equals(around.setting().name()))
            .toList();
    boolean safe =
        others.stream()
            .anyMatch(one ->
                (one.standing().serving() || Lodgings.isConsistent(one))
                    && !Lodgings.isSilent(one));
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

  private Async<Plan> leaveFor(Command.LeaveResource leave) {
    String host = leave.host().orElseThrow();
    List<UUID> nodes = view().nodesNamed(host);
    if (nodes.contains(self())) {
      return leave(
          new Command.LeaveResource(leave.resource(), Optional.empty(), leave.acceptLoss()));
    }
    return named(leave.resource())
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
      return refused(resources.noPrimary(leave.resource()));
    }
    if (primary.get().equals(node)) {
      return refused(
          Refusal.forbidden(
              "is-primary",
              "%s is the primary of %s".formatted(host, leave.resource()),
              "tharsis view " + leave.resource()));
    }
    if (around.peers().isLinked(node)) {
      return refused(
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
                .formatted(facts.nameOf(primary.get()), host)));
  }

  // ---- delete-resource ----

  private Async<Plan> delete(Command.DeleteResource delete) {
    Optional<Tenancy> here = register.find(delete.resource());
    if (delete.local()) {
      return here.isEmpty()
          ? Async.of(Plan.already("this node has nothing of " + delete.resource()))
          : deleteLocally(delete, here.get());
    }
    if (here.isEmpty() && view().resourcesNamed(delete.resource()).isEmpty()) {
      return refused(unknown(delete.resource()));
    }
    if (here.isEmpty() || !here.get().deed().isPrimary()) {
      return named(delete.resource())
          .then(id ->
              refused(
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

  private Async<Plan> deleteLocally(Command.DeleteResource delete, Tenancy here) {
    Deed deed = here.deed();
    boolean alive =
        resources.primaryOf(deed.resource()).filter(around.peers()::isLinked).isPresent();
    if (alive && !deed.isPrimary()) {
      return refused(
          Refusal.forbidden(
              "has-primary",
              "%s has a primary that can be reached".formatted(deed.name()),
              "tharsis leave-resource " + deed.name()));
    }
    if (deed.isPrimary()) {
      return refused(isPrimary(deed, "forget it for itself alone"));
    }
    Optional<Refusal> last = lastCopy(deed, delete.acceptLoss());
    return last.isPresent()
        ? refused(last.get())
        : Async.of(
            Plan.of(
                here::leave,
                "close the replica and remove its log; %s stays as it is"
                    .formatted(deed.holding().disk())));
  }

  private Async<Plan> deleteAtPrimary(Command.DeleteResource delete, Tenancy here) {
    Deed deed = here.deed();
    List<String> members =
        resources.newest(deed.resource()).stream()
            .flatMap(shown -> shown.content().members().stream())
            .filter(member -> !member.node().equals(self()))
            .map(member -> facts.nameOf(member.node()))
            .toList();
    if (!members.isEmpty() && !delete.acceptLoss()) {
      return refused(
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

  // ---- invalidate, switches ----

  private Async<Plan> invalidate(Command.Invalidate invalidate) {
    return member(invalidate.resource())
        .then(here -> {
          Deed deed = here.deed();
          if (deed.isPrimary()) {
            return refused(isPrimary(deed, "give up its copy"));
          }
          Optional<Refusal> last = lastCopy(deed, invalidate.acceptLoss());
          if (last.isPresent()) {
            return refused(last.get());
          }
          Optional<UUID> primary = resources.primaryOf(deed.resource());
          if (primary.filter(around.peers()::isLinked).isEmpty()) {
            return refused(
                primary
                    .map(around.peers()::unreachable)
                    .orElseGet(() -> resources.noPrimary(deed.name())));
          }
          return Async.of(
              Plan.of(
                  () -> here.renew().then(done -> stillOpen(here)),
                  "begin the log anew where the primary's newest logfile begins",
                  "compare %s with the primary, and copy what differs (%s to be looked at)"
                      .formatted(
                          deed.holding().disk(),
                          DataSize.format(deed.holding().sizeBytes().orElse(0)))));
        });
  }

  private static Async<Void> stillOpen(Tenancy here) {
    return here.isOpen() || !here.deed().switches().attach()
        ? Async.done()
        : refused(
            here.trouble()
                .orElseGet(
                    () -> Refusal.host("not-open", "it did not open", "tharsis view, and again")));
  }

  private Async<Plan> turn(Command.Turn turn) {
    return member(turn.resource())
        .then(here -> {
          Deed deed = here.deed();
          Switches now = Lodgings.switchesOf(deed);
          Switches then = turn.which().applyTo(now);
          if (deed.isPrimary() && !then.attach()) {
            return refused(isPrimary(deed, "let its disk go"));
          }
          if (now.equals(then)) {
            return Async.of(
                Plan.already("the switches of %s stand so already".formatted(deed.name())));
          }
          return Async.of(
              Plan.of(
                  () -> here.change(before -> before.with(Lodgings.told(then))),
                  words(turn.which(), deed)));
        });
  }

  private static String words(SwitchVerb which, Deed deed) {
    return "turn the switches of %s as %s says".formatted(deed.name(), which.word());
  }

  /** How a replica is shown, for whoever waits for it. */
  static String shown(ReplicaFacts facts) {
    ReplicaView view = ReplicaView.of(facts);
    return "%s/%s, %s behind"
        .formatted(view.disk(), view.replication(), DataSize.format(view.lag().bytes()));
  }
}
