package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.Switches;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.control.view.ReplicaView;
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

  /**
   * A verb that may be carried out.
   *
   * @param changes whether anything is not as it is to be
   * @param steps what will be done, in words
   * @param work does it, and says what came of it
   * @param needs the node without which nothing can be begun; empty if there is none
   */
  record Plan(boolean changes, List<String> steps, Work work, Optional<UUID> needs) {

    /** One that can be begun whoever is away. */
    Plan(boolean changes, List<String> steps, Work work) {
      this(changes, steps, work, Optional.empty());
    }

    /** The same, to be begun only when there is a link with a node. */
    Plan needing(UUID node) {
      return new Plan(changes, steps, work, Optional.of(node));
    }

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

    /** The one of the resource with this id. */
    default Optional<Tenancy> find(UUID resource) {
      return all().stream().filter(one -> one.deed().resource().equals(resource)).findFirst();
    }

    /** Makes the deed durable, and begins. */
    Async<Tenancy> add(Deed deed);

    List<Tenancy> all();
  }

  private final Surroundings around;
  private final Register register;
  private final Lookup lookup;
  private final LeavingVerbs leaving;
  private final RoleVerbs roles;
  private final BranchVerbs branches;
  private final ResourceTeller resources;
  private final Facts facts;
  private final Upkeep upkeep;

  Verbs(Surroundings around, Register register, Viewer viewer) {
    this.around = around;
    this.register = register;
    this.lookup = new Lookup(around, register);
    this.leaving = new LeavingVerbs(around, register, viewer);
    this.roles = new RoleVerbs(around, register, viewer);
    this.branches = new BranchVerbs(around, lookup, leaving);
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
      case Command.LeaveResource leave ->
          leave.host().isPresent() ? leaving.leaveFor(leave) : leaving.leave(leave);
      case Command.DeleteResource delete -> leaving.delete(delete);
      case Command.Invalidate invalidate -> branches.invalidate(invalidate);
      case Command.Turn turn -> turn(turn);
      case Command.Verify verify ->
          lookup
              .primary(verify.resource())
              .map(here -> Plan.of(Async::done, "compare all copies, region by region"));
      case Command.LogRotate rotate -> lookup.primary(rotate.resource()).then(upkeep::rotate);
      case Command.LogDelete delete -> lookup.member(delete.resource()).then(upkeep::giveBack);
      case Command.Resize resize ->
          lookup.primary(resize.resource()).then(here -> upkeep.resize(here, resize.sizeBytes()));
      case Command.Primary primary -> roles.primary(primary);
      case Command.Secondary secondary -> roles.secondary(secondary);
      case Command.AttachClient attach -> roles.attach(attach);
      case Command.DetachClient detach -> roles.detach(detach);
      case Command.SetPolicy policy -> roles.policy(policy);
      case Command.DeleteBranch delete -> branches.delete(delete);
      case Command.SetMode mode -> roles.mode(mode);
      case Command.WaitResource _ -> Async.of(Plan.already("waiting changes nothing"));
    };
  }

  /**
   * Looks whether this node may be made the primary of a resource because an initiator wishes it;
   * fails with a refusal if not.
   */
  Async<Plan> wished(String resource) {
    return roles.wished(resource);
  }

  /** Compares all copies. */
  Async<Outcome> verify(Command.Verify verify, Duration deadline) {
    return lookup
        .primary(verify.resource())
        .then(here -> {
          List<UUID> members = resources.otherMembers(here.deed().resource());
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
          : Lookup.refused(exists(create.resource()));
    }
    if (here.isPresent() || !view().resourcesNamed(create.resource()).isEmpty()) {
      return Lookup.refused(exists(create.resource()));
    }
    return diskInUse(create.disk())
        .or(this::noLogSpace)
        .map(Lookup::<Plan>refused)
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

  /** Every log may grow to its limit, so another one must fit beside all of them. */
  private Optional<Refusal> noLogSpace() {
    long each = around.setting().log().maxLogBytes();
    long most = around.setting().nodeLogBytes() / each;
    return register.all().size() < most
        ? Optional.empty()
        : Optional.of(
            Refusal.forbidden(
                "node-log-space",
                "the logs of %d resources, each of up to %s, take all of the node's log space, %s"
                    .formatted(
                        register.all().size(),
                        DataSize.format(each),
                        DataSize.format(around.setting().nodeLogBytes())),
                "more log.node-space or less log.space in node.toml, and start the node again"));
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
          Refusal why = tenancy.notOpen();
          return tenancy.forget().then(gone -> Async.failed(why.thrown()));
        });
  }

  // ---- join-resource ----

  private Async<Plan> join(Command.JoinResource join) {
    Optional<Tenancy> here = register.find(join.resource());
    if (here.filter(one -> one.deed().isClient()).isPresent()) {
      return Lookup.refused(
          Refusal.forbidden(
              "is-a-client",
              "this node serves %s as a client".formatted(join.resource()),
              "tharsis detach-client " + join.resource() + " first"));
    }
    if (here.isPresent()) {
      return joined(join, here.get());
    }
    Optional<Refusal> inUse = diskInUse(join.disk()).or(this::noLogSpace);
    if (inUse.isPresent()) {
      return Lookup.refused(inUse.get());
    }
    return lookup
        .named(join.resource())
        .then(id -> {
          Optional<UUID> primary = resources.primaryOf(id);
          if (primary.isEmpty()) {
            return Lookup.refused(resources.noPrimary(join.resource()));
          }
          return Async.of(
              Plan.of(
                      () -> begin(join, id),
                      "ask %s, the primary, to keep its log for this node"
                          .formatted(facts.nameOf(primary.get())),
                      "make a log, and copy to %s what it does not hold already"
                          .formatted(join.disk()))
                  .needing(primary.get()));
        });
  }

  private Async<Plan> joined(Command.JoinResource join, Tenancy here) {
    Deed deed = here.deed();
    if (here.dismissed().isPresent()) {
      return Lookup.refused(here.dismissed().get());
    }
    boolean listed = resources.isMember(deed.resource(), self());
    if (deed.holding().disk().equals(join.disk()) && (listed || here.isOpen())) {
      return Async.of(Plan.already("this node has a replica of %s already".formatted(deed.name())));
    }
    return Lookup.refused(
        Refusal.forbidden(
            "member-already",
            "this node has a replica of %s, on %s".formatted(deed.name(), deed.holding().disk()),
            "tharsis leave-resource " + deed.name() + " first"));
  }

  private Async<Void> begin(Command.JoinResource join, UUID id) {
    Optional<Views.Shown<ResourceDocument>> resource = resources.newest(id);
    if (resource.isEmpty()) {
      // deleted while its primary was waited for
      return Lookup.refused(lookup.unknown(join.resource()));
    }
    long size = Facts.sizeBytes(resource.get().content());
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

  // ---- switches ----

  private Async<Plan> turn(Command.Turn turn) {
    return lookup
        .member(turn.resource())
        .then(here -> {
          Deed deed = here.deed();
          Switches now = Lodgings.shown(deed.switches());
          Switches then = turn.which().applyTo(now);
          Optional<Refusal> objection = objection(deed, turn.which());
          if (objection.isPresent()) {
            return Lookup.refused(objection.get());
          }
          if (now.equals(then)) {
            return Async.of(
                Plan.already("the switches of %s stand so already".formatted(deed.name())));
          }
          return Async.of(Plan.of(() -> turn(here, turn.which()), words(turn.which(), deed)));
        });
  }

  private static Optional<Refusal> objection(Deed deed, SwitchVerb which) {
    return deed.isPrimary() && !which.applyTo(Lodgings.shown(deed.switches())).attach()
        ? Optional.of(LeavingVerbs.isPrimary(deed, "let its disk go"))
        : Optional.empty();
  }

  // from what the switches are in its turn: another verb may have turned one since the plan
  private Async<Void> turn(Tenancy here, SwitchVerb which) {
    String name = here.deed().name();
    return here.change(
            before -> objection(before, which),
            before -> before.with(Lodgings.told(which.applyTo(Lodgings.shown(before.switches())))))
        .then(turned -> lookup.member(name))
        .then(now -> now == here ? Async.done() : Lookup.refused(hasEnded(name)));
  }

  private Refusal hasEnded(String resource) {
    return Refusal.forbidden(
        "not-a-member",
        "the replica of %s that node %s had has ended meanwhile"
            .formatted(resource, around.setting().name()),
        "the same again, for the new replica");
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
