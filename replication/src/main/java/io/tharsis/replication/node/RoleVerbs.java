package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.directory.Views;
import io.tharsis.replication.node.Verbs.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The verbs that move the role of primary. Lives on the node's owner. */
final class RoleVerbs {

  /** How long writers may wait if nobody says otherwise. */
  static final Duration PAUSE = Duration.ofMillis(500);

  /** How long a new primary tries to catch up before, if an operator waits. */
  private static final Duration CATCHING_UP = Duration.ofSeconds(30);

  /** Who asks for the role, and so how long may be waited for what is not ready. */
  private enum Asking {
    OPERATOR,
    /** Answered within {@link Wishes#LIMIT}; other commands of a host may wait for that. */
    INITIATOR;

    Takeover.Limits limits(Duration pause) {
      return switch (this) {
        case OPERATOR -> new Takeover.Limits(pause, CATCHING_UP, Request.LONGEST);
        case INITIATOR -> new Takeover.Limits(pause, Duration.ofSeconds(3), Duration.ofSeconds(5));
      };
    }
  }

  /**
   * So much greater is the number of a forced epoch: a primary that was replaced and is started a
   * few times more, not knowing of it, must not look like the later one.
   */
  static final long FORCED_LEAP = 1024;

  private final Surroundings around;
  private final Verbs.Register register;
  private final Viewer viewer;
  private final Lookup lookup;
  private final ResourceTeller resources;
  private final Facts facts;

  RoleVerbs(Surroundings around, Verbs.Register register, Viewer viewer) {
    this.around = around;
    this.register = register;
    this.viewer = viewer;
    this.lookup = new Lookup(around, register);
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
  }

  private UUID self() {
    return around.setting().self().node();
  }

  // ---- primary ----

  Async<Plan> primary(Command.Primary command) {
    return primary(command, Asking.OPERATOR);
  }

  /**
   * The same for an initiator: never by force, and what is not ready within seconds is refused,
   * while nothing was begun.
   */
  Async<Plan> wished(String resource) {
    return primary(new Command.Primary(resource, false, false, Optional.empty()), Asking.INITIATOR);
  }

  private Async<Plan> primary(Command.Primary command, Asking asking) {
    return lookup
        .member(command.resource())
        .then(here ->
            here.freshReport()
                .then(seen -> {
                  if (here.isServing()) {
                    return Async.of(
                        Plan.already(
                            "this node is the primary of %s already"
                                .formatted(command.resource())));
                  }
                  Optional<Refusal> objection =
                      objection(here, command.force())
                          .or(() -> command.force() ? Optional.empty() : notFollowing(here));
                  if (objection.isPresent()) {
                    return Lookup.refused(objection.get());
                  }
                  return command.force()
                      ? forced(command, here, seen.orElseThrow())
                      : planned(command, here, asking);
                }));
  }

  private static Optional<Refusal> objection(Tenancy here, boolean forced) {
    return here.isDeleted()
        ? Optional.of(
            Refusal.forbidden(
                "deleted",
                "%s was deleted, and ends here".formatted(here.deed().name()),
                "tharsis view"))
        : Takeover.objection(here, forced);
  }

  /** Who does not follow the primary's log cannot go on from its end. */
  private static Optional<Refusal> notFollowing(Tenancy here) {
    String name = here.deed().name();
    return here.dismissed()
        .or(() ->
            here.remark()
                .filter(one -> one.code().equals(Faults.BRANCH))
                .map(branch ->
                    Refusal.forbidden(
                        "branch",
                        "%s is split, and this copy is the other side: %s"
                            .formatted(name, branch.words()),
                        "tharsis invalidate %s to give this side up; to give the other one up: tharsis"
                                .formatted(name)
                            + " disconnect %s, then primary %s --force".formatted(name, name))));
  }

  private Async<Plan> planned(Command.Primary command, Tenancy here, Asking asking) {
    if (here.deed().granted().filter(Deed.Transfer.Granted::isToAnybody).isPresent()) {
      return Async.of(
          Plan.of(() -> resume(here).then(done -> here.requireServing()), "be the primary again"));
    }
    Optional<UUID> keeper = resources.keeperOf(here.deed().resource());
    if (keeper.filter(node -> !node.equals(self())).isEmpty()) {
      return Lookup.refused(nobodyHandsOver(here));
    }
    UUID from = keeper.get();
    return reach(from, asking)
        .then(reached -> {
          if (!reached) {
            return Lookup.refused(gone(from, command.resource()));
          }
          Duration budget = command.pauseBudget().orElse(PAUSE);
          Takeover takeover = new Takeover(here, around, from, asking.limits(budget));
          return ready(takeover, asking).map(now -> plan(here, from, takeover, now, budget));
        });
  }

  private Async<Boolean> reach(UUID node, Asking asking) {
    return switch (asking) {
      case OPERATOR -> around.peers().reach(node);
      case INITIATOR -> Async.of(around.peers().isLinked(node));
    };
  }

  private static Async<Takeover.Estimate> ready(Takeover takeover, Asking asking) {
    return switch (asking) {
      case OPERATOR -> takeover.estimate();
      case INITIATOR -> takeover.catchUp();
    };
  }

  private Plan plan(
      Tenancy here, UUID from, Takeover takeover, Takeover.Estimate now, Duration budget) {
    String name = here.deed().name();
    return Plan.of(
        () -> takeover.run().then(done -> here.requireServing()),
        "catch up with %s, which goes on serving: %s of log are missing"
            .formatted(facts.nameOf(from), DataSize.format(now.behindBytes())),
        "have %s hold writes, for about %s as things are (at most %s), and bring the rest"
            .formatted(facts.nameOf(from), TimeSpan.format(now.pause()), TimeSpan.format(budget)),
        "be the primary of %s, in a new epoch; %s becomes a secondary. Nothing is lost, and"
                .formatted(name, facts.nameOf(from))
            + " initiators stay logged in at both");
  }

  private Refusal nobodyHandsOver(Tenancy here) {
    return here.deed()
        .granted()
        .map(granted ->
            Refusal.forbidden(
                "granted",
                "the role was handed to node %s, which has not taken it yet"
                    .formatted(facts.nameOf(granted.node())),
                "start that node, or connect it; primary --force here if it is gone for ever"))
        .orElseGet(() -> resources.noPrimary(here.deed().name()));
  }

  private Refusal gone(UUID from, String resource) {
    Refusal unreachable = around.peers().unreachable(from);
    return Refusal.host(
        unreachable.code(),
        unreachable.fact(),
        "start it; or, if it is off and stays off: tharsis primary " + resource + " --force");
  }

  private static Refusal taken(Tenancy here) {
    return Refusal.late(
        "taken",
        "another node is the primary of %s since".formatted(here.deed().name()),
        "tharsis view %s; then the same again".formatted(here.deed().name()));
  }

  private Async<Void> resume(Tenancy here) {
    return here.inTurn(() ->
            here.deed()
                .granted()
                .filter(Deed.Transfer.Granted::isToAnybody)
                .map(here.yielding()::resume)
                .orElseGet(() -> Async.of(false)))
        .then(done -> here.settleNow().map(settled -> done))
        .then(done -> done ? Async.done() : Lookup.refused(taken(here)));
  }

  // ---- secondary ----

  Async<Plan> secondary(Command.Secondary command) {
    return lookup
        .member(command.resource())
        .then(here -> {
          if (!here.deed().isPrimary()) {
            return Async.of(
                Plan.already(
                    "this node is a secondary of %s already".formatted(command.resource())));
          }
          return here.initiators()
              .then(count -> count == 0 ? abdication(here) : inUse(here, count));
        });
  }

  private static Async<Plan> inUse(Tenancy here, int count) {
    return Lookup.refused(
        Refusal.forbidden(
            "in-use",
            "%d initiators are logged in to %s here".formatted(count, here.deed().name()),
            "tharsis primary %s at another node, which they do not notice; or log them out"
                .formatted(here.deed().name())));
  }

  private static Async<Plan> abdication(Tenancy here) {
    return Async.of(
        Plan.of(
            here::abdicate,
            "take no more writes to %s, and end its log".formatted(here.deed().name()),
            "leave it without a primary: whoever is made that next goes on from there"));
  }

  // ---- primary --force ----

  private Async<Plan> forced(Command.Primary command, Tenancy here, Report seen) {
    Deed deed = here.deed();
    Optional<UUID> primary = resources.otherPrimary(deed.resource());
    boolean alive = primary.filter(node -> serves(deed.resource(), node)).isPresent();
    if (alive && deed.switches().fetch()) {
      return Lookup.refused(
          Refusal.forbidden(
              "primary-alive",
              "%s, the primary of %s, is connected and serves"
                  .formatted(facts.nameOf(primary.get()), deed.name()),
              "tharsis primary %s, which loses nothing; or tharsis disconnect %s before, to split"
                      .formatted(deed.name(), deed.name())
                  + " them on purpose"));
    }
    return heard(deed, !command.acceptLoss()).then(heard -> forced(command, here, seen, heard));
  }

  private Async<Plan> forced(
      Command.Primary command, Tenancy here, Report seen, SortedMap<UUID, Long> members) {
    Deed deed = here.deed();
    long heardNanos = around.nanos();
    SortedMap<String, Long> heard = new TreeMap<>();
    members.forEach((node, lsn) -> heard.put(facts.nameOf(node), lsn));
    List<String> loss = mayBeLost(seen, viewer.others(deed.resource()), heard);
    if (!loss.isEmpty() && !command.acceptLoss()) {
      return Lookup.refused(
          Refusal.forbidden(
              "not-provably-newest",
              "this copy ends at LSN %d, and %s".formatted(seen.marks().durable(), loss.getFirst()),
              "promote the one that has most; or --accept-loss"));
    }
    List<String> steps = new ArrayList<>();
    steps.add(
        "begin a new epoch at LSN %d, without asking anybody".formatted(seen.marks().durable()));
    loss.forEach(words -> steps.add("give up what it has beyond: " + words));
    steps.add(
        "serve %s here. Make sure that %s is off, or its initiators are: it stops serving when it"
                .formatted(
                    deed.name(),
                    resources
                        .otherPrimary(deed.resource())
                        .map(facts::nameOf)
                        .orElse("whoever was the primary"))
            + " hears of this, and not before");
    return Async.of(
        Plan.of(
            () ->
                force(
                        here,
                        command.acceptLoss() ? OptionalLong.empty() : OptionalLong.of(heardNanos))
                    .then(done -> here.requireServing()),
            steps.toArray(String[]::new)));
  }

  /**
   * Members that can be heard and are not the primary, each with how far its log is. Who was
   * granted the role may take it any moment, and does not count.
   *
   * @param asking whether each is asked now
   */
  private Async<SortedMap<UUID, Long>> heard(Deed deed, boolean asking) {
    List<UUID> linked =
        resources.otherMembers(deed.resource()).stream()
            .filter(around.peers()::isLinked)
            .filter(node -> deed.granted().filter(it -> it.node().equals(node)).isEmpty())
            .toList();
    if (asking) {
      return new Hearing(around).ask(deed.resource(), linked);
    }
    SortedMap<UUID, Long> heard = new TreeMap<>();
    linked.forEach(node -> heard.put(node, 0L));
    return Async.of(heard);
  }

  private boolean serves(UUID resource, UUID node) {
    return around.peers().isLinked(node)
        && around
            .directory()
            .view()
            .replica(resource, node)
            .filter(shown -> shown.content().words().contains(Faults.SERVING))
            .isPresent();
  }

  /**
   * What others may have that is not here; empty if it is certain that there is nothing.
   *
   * @param heard how far the log is of hosts that have not been promoted and written since
   */
  private static List<String> mayBeLost(
      Report seen, List<ReplicaFacts> others, SortedMap<String, Long> heard) {
    long here = seen.marks().durable();
    List<String> words = new ArrayList<>();
    for (ReplicaFacts one : others) {
      String age = TimeSpan.format(one.freshness().age());
      long lsn = Math.max(one.log().durableLsn(), heard.getOrDefault(one.host(), 0L));
      if (lsn > here) {
        words.add(
            "%s had LSN %d, %s more, %s ago"
                .formatted(one.host(), lsn, DataSize.format(lsn - here), age));
      } else if (one.isSilent() || one.standing().designated() || !heard.containsKey(one.host())) {
        words.add(
            "%s had LSN %d, %s ago, and may have written more since"
                .formatted(one.host(), one.log().durableLsn(), age));
      }
    }
    return words;
  }

  /**
   * Begins the epoch.
   *
   * @param heardNanos when the others were heard of whom something is taken for certain
   */
  private Async<Void> force(Tenancy here, OptionalLong heardNanos) {
    return here.inTurn(() -> here.freshReport().then(seen -> force(here, seen, heardNanos)))
        .then(done -> here.settleNow());
  }

  private Async<Void> force(Tenancy here, Optional<Report> seen, OptionalLong heardNanos) {
    Optional<Refusal> objection =
        objection(here, true)
            .or(() -> seen.isEmpty() ? Optional.of(here.notOpen()) : Optional.empty())
            .or(() -> tooOld(heardNanos));
    if (objection.isPresent()) {
      return Lookup.refused(objection.get());
    }
    long newest =
        around.directory().view().branches(here.deed().resource()).stream()
            .map(Views.Shown::version)
            .mapToLong(version -> version.epoch().number())
            .max()
            .orElse(0);
    Succession next =
        new Succession(
            Epoch.Kind.FORCED,
            around.seams().entropy().nextUuid(),
            Math.max(newest, seen.get().epoch().number()) + FORCED_LEAP);
    return here.put(here.deed().accepting(next, needed(here)));
  }

  private Optional<Refusal> tooOld(OptionalLong heardNanos) {
    return heardNanos.isPresent()
            && around.nanos() - heardNanos.getAsLong() > Hearing.LIMIT.toNanos()
        ? Optional.of(
            Refusal.late(
                "not-heard",
                "it is too long ago that the other members have said how far they are",
                "the same again"))
        : Optional.empty();
  }

  /** Nobody has said from where on, so all that is here. */
  private SortedMap<UUID, Long> needed(Tenancy here) {
    SortedMap<UUID, Long> needed = new TreeMap<>();
    resources.otherMembers(here.deed().resource()).forEach(member -> needed.put(member, 0L));
    return needed;
  }

  // ---- set-policy ----

  Async<Plan> policy(Command.SetPolicy command) {
    return lookup
        .primary(command.resource())
        .then(here -> {
          SortedMap<String, String> changes = new TreeMap<>();
          List<String> words = new ArrayList<>();
          UUID resource = here.deed().resource();
          String split = resources.onSplit(resource, here.report()).word();
          command
              .onSplit()
              .filter(next -> !next.word().equals(split))
              .ifPresent(next -> {
                changes.put(ResourceTeller.ON_SPLIT, next.word());
                words.add("on a split: %s instead of %s".formatted(next.word(), split));
              });
          long days = resources.keepBranches(resource).toDays();
          command
              .keepBranchDays()
              .ifPresent(next -> {
                if (next != days) {
                  changes.put(ResourceTeller.KEEP_BRANCHES, Integer.toString(next));
                  words.add("keep branches for %d days instead of %d".formatted(next, days));
                }
              });
          return Async.of(
              changes.isEmpty()
                  ? Plan.already("the policy of %s is that already".formatted(command.resource()))
                  : Plan.of(() -> here.set(changes), words.toArray(String[]::new)));
        });
  }

  // ---- set-mode ----

  Async<Plan> mode(Command.SetMode command) {
    return lookup
        .primary(command.resource())
        .then(here -> {
          ReplicationMode now = resources.mode(here.deed().resource());
          ReplicationMode next = command.mode();
          if (now.equals(next)) {
            return Async.of(Plan.already("it is %s already".formatted(ModeSetting.words(now))));
          }
          return Async.of(
              Plan.of(
                  () ->
                      here.set(
                          Collections.singletonMap(ResourceTeller.MODE, ModeSetting.write(next))),
                  "promise %s instead of %s to whoever writes from now on"
                      .formatted(ModeSetting.words(next), ModeSetting.words(now))));
        });
  }

  // ---- attach-client, detach-client ----

  Async<Plan> attach(Command.AttachClient attach) {
    if (register.find(attach.resource()).isPresent()) {
      return Async.of(Plan.already("this node serves %s already".formatted(attach.resource())));
    }
    return lookup
        .named(attach.resource())
        .then(id -> {
          ResourceDocument resource = resources.newest(id).orElseThrow().content();
          WriteCacheMode cache =
              resources
                  .setting(id, ResourceTeller.WRITE_CACHE)
                  .flatMap(WriteCacheMode::of)
                  .orElse(WriteCacheMode.DURABLE);
          Deed.Holding nothing =
              new Deed.Holding("", OptionalLong.of(Facts.sizeBytes(resource)), cache);
          Deed deed =
              Deed.client(attach.resource(), id, around.seams().entropy().nextUuid(), nothing);
          return Async.of(
              Plan.of(
                  () -> register.add(deed).then(Tenancy::settleNow),
                  "offer %s to initiators here, and forward what they want to the primary, %s"
                      .formatted(
                          attach.resource(),
                          resources.primaryOf(id).map(facts::nameOf).orElse("when there is one"))));
        });
  }

  Async<Plan> detach(Command.DetachClient detach) {
    Optional<Tenancy> here = lookup.client(detach.resource());
    if (here.isPresent()) {
      return Async.of(
          Plan.of(
              here.get()::leave,
              "end the sessions of initiators that use %s here".formatted(detach.resource())));
    }
    return register.find(detach.resource()).isEmpty()
        ? Async.of(Plan.already("this node is no client of %s".formatted(detach.resource())))
        : Lookup.refused(
            Refusal.forbidden(
                "is-a-member",
                "this node has a replica of %s".formatted(detach.resource()),
                "tharsis leave-resource " + detach.resource()));
  }
}
