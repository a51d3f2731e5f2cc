package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.fetch.Retention;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a secondary does about its log: keeps what others need of it, has it mended where it is
 * damaged, and begins anew where it cannot go on. Belongs to a {@link Tenancy} and lives on the
 * node's owner; what it is asked runs within a turn.
 */
final class Following {

  /** How long a log that was found damaged is left before it is opened anew once more. */
  private static final Duration REOPEN_PAUSE = Duration.ofMinutes(1);

  /** So long a member whose log is kept nowhere looks for it at all others. */
  private static final Duration MEETING = Duration.ofSeconds(5);

  private final Tenancy here;
  private final Surroundings around;
  private final ResourceTeller resources;
  private final Renewing renewing;
  private boolean cutting;
  private OptionalLong reopenedNanos = OptionalLong.empty();
  private OptionalLong goneNanos = OptionalLong.empty();

  Following(Tenancy here, Surroundings around, Renewing renewing) {
    this.here = here;
    this.around = around;
    this.resources = new ResourceTeller(around);
    this.renewing = renewing;
  }

  /** Does what is due, as far as its log can tell. */
  Async<Void> look(Report seen, boolean mayBeBranch) {
    Deed deed = here.deed();
    if (Keeping.isOver(deed, resources)) {
      here.lodger()
          .ifPresent(open -> here.crossing().tell(() -> open.keepFrom(Retention.GIVEN_UP)));
      return here.put(deed.needing(new TreeMap<>()));
    }
    if (isDefective(seen)) {
      here.note(Premises.Gravity.TROUBLE, "its log is damaged: it is opened again, to be mended");
      reopenedNanos = OptionalLong.of(around.nanos());
      here.reopen();
      return Async.done();
    }
    if (deed.stage() != Deed.Stage.MEMBER
        || renewing.isBeside()
        || !isPrimaryHeard()
        || here.dismissed().isPresent()) {
      return Async.done();
    }
    Optional<String> stuck = seen.sync().stage().flatMap(Report.Stage::stuck);
    if (stuck.isPresent()) {
      flipAsItIs(stuck.get());
      return Async.done();
    }
    return isGone(seen) && deed.switches().sync() && !mayBeBranch
        ? renewing.orphaned(seen)
        : Async.done();
  }

  /** Opening finds out what can be made of a damaged log; tried now and then. */
  private boolean isDefective(Report seen) {
    boolean due =
        reopenedNanos.isEmpty()
            || around.nanos() - reopenedNanos.getAsLong() > REOPEN_PAUSE.toNanos();
    return due
        && isPrimaryHeard()
        && seen.faults().stream().anyMatch(one -> one.code().equals(Faults.LOG_DAMAGED));
  }

  /** Whether what it needs next is nowhere, for longer than it takes to meet the others. */
  private boolean isGone(Report seen) {
    if (!seen.source().gone()) {
      goneNanos = OptionalLong.empty();
    } else if (goneNanos.isEmpty()) {
      goneNanos = OptionalLong.of(around.nanos());
    }
    return goneNanos.isPresent() && around.nanos() - goneNanos.getAsLong() >= MEETING.toNanos();
  }

  /** Not while replay is switched off: then nothing is put on the disk. */
  private void flipAsItIs(String why) {
    if (here.deed().switches().replay()) {
      renewing.inPlace(why);
      here.lodger().ifPresent(open -> here.crossing().tell(open::flip));
    }
  }

  /** Whether the primary has been heard of lately: it has a consistent copy. */
  boolean isPrimaryHeard() {
    return resources
        .primaryOf(here.deed().resource())
        .filter(primary -> around.peers().isLinked(primary))
        .isPresent();
  }

  /** Whether its log may be cut where it is damaged when it is opened next. */
  boolean isCutting() {
    return cutting;
  }

  /** The replica is open: its log needs no mending. */
  void opened() {
    cutting = false;
  }

  /**
   * A log was refused when it was to be opened. While the primary has a consistent copy a secondary
   * cuts what is damaged and fetches it again, and begins anew where that does not help; never for
   * a foreign disk.
   */
  Async<Void> refused(LogDamage damage) {
    boolean mayMend =
        switch (damage.code()) {
          case LOG_DAMAGED, INCONSISTENT, CHECKPOINT_DAMAGED -> true;
          case POISONED, FOREIGN_DISK, NOT_OURS -> false;
        };
    if (here.deed().isPrimary() || !mayMend || !isPrimaryHeard() || here.dismissed().isPresent()) {
      return Async.failed(damage);
    }
    cutting = !cutting;
    if (cutting) {
      return Async.done();
    }
    return here.deed().switches().sync() ? renewing.wholly() : Async.failed(damage);
  }
}
