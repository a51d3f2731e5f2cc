package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.node.HandoverInquiry.Frozen;
import io.tharsis.replication.node.HandoverInquiry.Handed;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The primary's side of a planned handover: holds writes for a member that asks, for some seconds
 * at the most, and gives the role to it, durably before anybody is told. Belongs to a {@link
 * Tenancy} and lives on the node's owner; what it is asked runs within a turn.
 */
final class Yielding {

  /** How long writes are held for one who does not come back. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long the next primary is left alone, to begin. */
  private static final Duration GIVING_WAY = Duration.ofSeconds(1);

  /** How long a link of a front to the next primary takes at the most, in general. */
  private static final Duration LETTING_THROUGH = Duration.ofMillis(150);

  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Writes are held for one member. */
  private record Hold(UUID membership, Lodger open, Frozen end, Clock.Timer limit) {}

  /**
   * What this process has given away last.
   *
   * @param epochId with which the next primary begins
   * @param begunNanos when that said that it has begun
   */
  private record Given(UUID epochId, OptionalLong begunNanos) {
    boolean hasBegun() {
      return begunNanos.isPresent();
    }
  }

  private final Tenancy here;
  private final Surroundings around;
  private Optional<Hold> hold = Optional.empty();
  private OptionalLong grantedNanos = OptionalLong.empty();
  private Optional<Given> given = Optional.empty();
  private boolean reminding;

  Yielding(Tenancy here, Surroundings around) {
    this.here = here;
    this.around = around;
  }

  /**
   * Holds writes, for a member that wants to be the primary; succeeds when all others are durable.
   */
  Async<Frozen> freeze(UUID membership) {
    Optional<Deed.Transfer.Granted> free =
        here.deed().granted().filter(Deed.Transfer.Granted::isToAnybody);
    if (free.isPresent()) {
      return Async.of(free.get().end());
    }
    if (here.isUnsure() || here.deed().granted().isPresent() || !here.isServing()) {
      return refused(notServing());
    }
    if (hold.filter(it -> !it.membership().equals(membership)).isPresent()) {
      return refused(
          Refusal.forbidden(
              "handover-under-way",
              "%s is being handed over to another node".formatted(here.deed().name()),
              "tharsis view " + here.deed().name()));
    }
    release();
    Lodger open = here.lodger().orElseThrow();
    return here.crossing()
        .ask(open::freeze)
        .map(frozen -> {
          Clock.Timer limit = around.seams().home().clock().after(PATIENCE, this::overdue);
          hold = Optional.of(new Hold(membership, open, frozen, limit));
          return frozen;
        })
        .orElse(cause -> {
          here.crossing().tell(open::thaw);
          return Async.failed(cause);
        });
  }

  /** Whether writes are held, and somebody was told where the log ends. */
  boolean isHolding() {
    return hold.isPresent();
  }

  /**
   * Whether the member that has the role now is just beginning: writers wait for that, so nothing
   * is done here meanwhile that takes its time, and nobody asks it for what it cannot give yet.
   */
  boolean isGivingWay() {
    return grantedNanos.isPresent()
        && here.deed()
            .granted()
            .filter(granted -> !granted.isToAnybody() && !hasBegun(granted))
            .isPresent()
        && around.nanos() - grantedNanos.getAsLong() < GIVING_WAY.toNanos();
  }

  private boolean hasBegun(Deed.Transfer.Granted granted) {
    return given.filter(Given::hasBegun).isPresent()
        || new ResourceTeller(around)
            .since(here.deed().resource(), granted.end().epoch())
            .isPresent();
  }

  /**
   * This epoch has begun at the member that was granted the role. What is said of another one, of a
   * handover before that, counts for nothing.
   */
  void begun(UUID epochId) {
    if (given.filter(it -> it.epochId().equals(epochId)).isEmpty()) {
      return;
    }
    given = Optional.of(new Given(epochId, OptionalLong.of(around.nanos())));
    around.seams().home().clock().after(LETTING_THROUGH, here::heard);
    here.heard();
  }

  /**
   * Whether writers here are just finding their way to the next primary: nothing is done for a
   * moment that takes their owner's time.
   */
  boolean isLettingThrough() {
    return given.filter(Given::hasBegun).isPresent()
        && around.nanos() - given.get().begunNanos().getAsLong() < LETTING_THROUGH.toNanos();
  }

  /** Why it cannot be asked for. */
  Refusal notServing() {
    return Refusal.host(
        "primary-not-open",
        "node %s is not serving %s".formatted(around.setting().name(), here.deed().name()),
        "tharsis view there");
  }

  private static <T> Async<T> refused(Refusal refusal) {
    return Async.failed(refusal.thrown());
  }

  /** Not while a grant is being written: that has the turn. */
  private void overdue() {
    here.inTurn(
            () -> {
              thaw();
              return Async.done();
            })
        .observe(done -> {}, cause -> {});
  }

  /** Goes on, if that member was waited for. */
  void thaw(UUID membership) {
    if (hold.filter(it -> it.membership().equals(membership)).isPresent()) {
      thaw();
    }
  }

  /**
   * Not while the deed on the disk may say more than the one in force: it would be found after a
   * crash, and nothing that it does not know of may be acknowledged before.
   */
  private void thaw() {
    if (here.isUnsure()) {
      return;
    }
    release().ifPresent(held -> here.crossing().tell(held.open()::thaw));
  }

  /** Within a turn: the replica ends here, and nobody is waited for any more. */
  void end() {
    thaw();
  }

  private Optional<Hold> release() {
    Optional<Hold> held = hold;
    hold = Optional.empty();
    held.ifPresent(it -> it.limit().cancel());
    return held;
  }

  /**
   * Gives the role to the member for which writes are held, or says again that it has it. Whoever
   * has been granted it under another id is told that one.
   */
  Async<Handed> grant(UUID to, HandoverInquiry.Grant asked) {
    Optional<Deed.Transfer.Granted> before = here.deed().granted();
    if (before.filter(it -> !it.isToAnybody()).isEmpty() && !asked.known().has(said())) {
      return refused(notHeard());
    }
    if (before.filter(Deed.Transfer.Granted::isToAnybody).isPresent()) {
      return asked.end().equals(before.get().end()) ? grantFree(to, asked) : refused(notFrozen());
    }
    if (before.isPresent()) {
      return before.get().membership().equals(asked.membership())
          ? Async.of(handed())
          : refused(notServing());
    }
    Optional<Hold> held =
        hold.filter(it -> !here.isUnsure())
            .filter(it -> it.membership().equals(asked.membership()))
            .filter(it -> it.end().equals(asked.end()))
            .filter(it -> here.lodger().filter(open -> open == it.open()).isPresent());
    if (held.isEmpty()) {
      return refused(notFrozen());
    }
    held.get().limit().cancel();
    return give(to, asked)
        .then(done -> {
          hold = Optional.empty();
          grantedNanos = OptionalLong.of(around.nanos());
          around.seams().home().clock().after(GIVING_WAY, here::heard);
          return here.cede();
        })
        .map(done -> handed());
  }

  /** Nobody has it, as far as the log here tells. */
  private Async<Handed> grantFree(UUID to, HandoverInquiry.Grant asked) {
    return here.freshReport()
        .then(seen ->
            seen.filter(this::isSucceeded).isPresent()
                ? refused(notServing())
                : give(to, asked).map(done -> handed()));
  }

  private Async<Void> give(UUID to, HandoverInquiry.Grant asked) {
    return here.put(granting(to, asked))
        .map(done -> {
          given = Optional.of(new Given(asked.epochId(), OptionalLong.empty()));
          return null;
        });
  }

  private HandoverInquiry.Said said() {
    return new ResourceTeller(around).said(here.deed().resource());
  }

  /** The next primary says what members and settings there are, and must know them all. */
  private Refusal notHeard() {
    return Refusal.late(
        "not-heard",
        "members or settings of %s have just changed at %s"
            .formatted(here.deed().name(), around.setting().name()),
        "the same again");
  }

  /** What was asked about is not so any more, or was another time. */
  private Refusal notFrozen() {
    return Refusal.late(
        "not-frozen",
        "%s did not wait any longer and goes on".formatted(around.setting().name()),
        "the same again");
  }

  /** Gives the role to nobody: whoever asks for it next has it. */
  Async<Void> abdicate() {
    return freeze(Key.NIL)
        .then(end ->
            grant(
                Key.NIL,
                new HandoverInquiry.Grant(
                    here.deed().resource(),
                    Key.NIL,
                    end,
                    around.seams().entropy().nextUuid(),
                    said())))
        .map(handed -> null);
  }

  /** The deed that gives the role away. This node is a member like others then. */
  private Deed granting(UUID to, HandoverInquiry.Grant asked) {
    SortedMap<UUID, Long> needed = new TreeMap<>(here.deed().needed());
    needed.remove(to);
    needed.put(around.setting().self().node(), asked.end().endLsn());
    return here.deed()
        .granting(
            new Deed.Transfer.Granted(asked.epochId(), to, asked.membership(), asked.end()),
            needed);
  }

  private Handed handed() {
    Deed.Transfer.Granted it = here.deed().granted().orElseThrow();
    return new Handed(it.epochId(), it.end(), here.deed().needed());
  }

  /** The deed on the disk is the one in force again. */
  void certain() {
    if (here.deed().granted().isEmpty()) {
      thaw();
    }
  }

  /** A former primary tells the next one that it is that, until everybody can know. */
  Async<Void> awaitSuccessor(Deed.Transfer.Granted granted, Report seen) {
    boolean follows = isSucceeded(seen);
    Optional<EpochRef> later =
        new ResourceTeller(around)
            .since(here.deed().resource(), granted.end().epoch())
            .or(() -> Optional.of(seen.epoch()).filter(any -> follows));
    if (later.isPresent()) {
      boolean branch =
          switch (here.parting(seen)) {
            case Parting.At _ -> true;
            case Parting.None _ -> false;
            case Parting.Unknown _ ->
                !follows
                    && later.get().number() - granted.end().epoch().number()
                        >= RoleVerbs.FORCED_LEAP;
          };
      return here.put(branch ? here.deed().ousted() : here.deed().settled());
    }
    remind();
    return Async.done();
  }

  /**
   * Whether the log here goes on behind where the role was given away: somebody else has it, or has
   * taken it by force, though nothing else may have been heard of that yet.
   */
  private boolean isSucceeded(Report seen) {
    return here.deed()
        .granted()
        .filter(granted -> seen.epoch().compareTo(granted.end().epoch()) > 0)
        .isPresent();
  }

  /**
   * Within a turn: takes back a role that was given away and that nobody has taken; does nothing if
   * somebody has. Nothing is fetched meanwhile, lest the log goes on after it was looked at.
   *
   * @return whether it has
   */
  Async<Boolean> resume(Deed.Transfer.Granted granted) {
    here.permit(false);
    return here.freshReport()
        .then(seen -> {
          boolean free =
              here.deed().granted().filter(granted::equals).isPresent()
                  && seen.filter(now -> !isSucceeded(now)).isPresent();
          if (free) {
            return here.put(resuming()).map(done -> true);
          }
          here.permit();
          return Async.of(false);
        });
  }

  /** Tells the member that has the role until it is known to have taken it. Now and then. */
  private void remind() {
    Optional<Deed.Transfer.Granted> granted = here.deed().granted();
    if (granted.filter(it -> !it.isToAnybody()).isEmpty()
        || reminding
        || !around.peers().isLinked(granted.get().node())) {
      return;
    }
    reminding = true;
    HandoverInquiry.Accept accept =
        new HandoverInquiry.Accept(here.deed().resource(), granted.get().membership(), handed());
    around
        .peers()
        .ask(granted.get().node(), accept, ANSWER)
        .observe(
            answer -> {
              reminding = false;
              if (!Answers.isYes(answer)) {
                inVain(granted.get());
              }
            },
            cause -> reminding = false);
  }

  /** It was granted to a replica that is no more, and never takes it: it is this one's again. */
  private void inVain(Deed.Transfer.Granted granted) {
    here.inTurn(() -> resume(granted))
        .then(done -> here.settleNow())
        .observe(done -> {}, cause -> {});
  }

  /** The deed that takes back what nobody else has, or ever will. */
  private Deed resuming() {
    Deed.Transfer.Granted granted = here.deed().granted().orElseThrow();
    SortedMap<UUID, Long> needed = new TreeMap<>(here.deed().needed());
    needed.remove(around.setting().self().node());
    return here.deed()
        .accepting(
            new Succession(
                Epoch.Kind.HANDOVER,
                around.seams().entropy().nextUuid(),
                granted.end().epoch().number()),
            needed);
  }
}
