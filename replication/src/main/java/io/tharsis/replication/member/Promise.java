package io.tharsis.replication.member;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.NearSync;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.ReplicationMode.Sync;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What GOOD promises at a primary beside that a change is durable there: see {@link
 * ReplicationMode}. Says which answers wait, lets them go, and degrades when nobody can be waited
 * for. Belongs to its {@link PrimaryReplica}, and lives on the resource's owner.
 *
 * <p>A member counts with what it has said to be durable in its log, linked or not any more, as
 * long as it could be promoted: one whose disks are not consistent does not count, nor one that was
 * given up.
 */
final class Promise {

  /** Longest that near-sync keeps a command waiting. */
  static final Duration LONGEST_BRAKE = Duration.ofSeconds(1);

  /** A member that is at most so far behind has caught up, and may be waited for again. */
  static final Duration CAUGHT_UP = Duration.ofSeconds(1);

  /** A member that counts. */
  record Member(long durableLsn, boolean linked) {}

  /** What it is about. */
  interface Site {
    /** Up to where the log is durable here. */
    long durableLsn();

    /** The members that count. */
    List<Member> members();

    /** Gives the answers up to this LSN. */
    void answer(long lsn);

    /** Gives those that wait since then or longer. */
    void answerWaitingSince(long nanos);

    /** Since when the one waits that waits longest. */
    OptionalLong oldestNanos();

    /** Ends those that wait; nobody knows what has become of the changes. */
    void interrupt();

    /** Puts a bookmark into the log; succeeds with its end when it is durable. */
    Async<Long> mark(PromiseMark mark);

    /** The promise is kept no more, or again. */
    void changed();
  }

  private enum Phase {
    /** Whatever is answered was promised. */
    KEPT,
    /** The same, and the bookmark is on its way that says otherwise. */
    DEGRADING,
    /** Everything is answered at once. */
    DEGRADED,
    /** The same, and the bookmark is on its way that says otherwise. */
    RESTORING
  }

  private final Clock clock;
  private final Site site;
  private ReplicationMode mode = new ReplicationMode.Async();
  private Phase phase = Phase.KEPT;
  private int turn;
  private long answerableLsn = Long.MAX_VALUE;
  private Trail trail = new Trail(0, 0);
  private OptionalLong lostSinceNanos = OptionalLong.empty();
  private OptionalLong degradedMillis = OptionalLong.empty();
  private Optional<Clock.Timer> timer = Optional.empty();
  private boolean stalled;
  private boolean closed;

  /** Promises nothing. */
  Promise(Clock clock, Site site) {
    this.clock = clock;
    this.site = site;
  }

  /** Promises this from now on; what waits is answered as that says. */
  void set(ReplicationMode next) {
    if (next.equals(mode) || closed) {
      return;
    }
    boolean begins = mode instanceof ReplicationMode.Async;
    mode = next;
    if (mode instanceof ReplicationMode.Async) {
      release();
    } else if (begins) {
      trail = new Trail(site.durableLsn(), clock.monotonicNanos());
      lostSinceNanos = OptionalLong.empty();
    }
    look();
    site.changed();
  }

  private void release() {
    if (phase != Phase.KEPT) {
      put(PromiseMark.Kind.RELEASED).observe(lsn -> {}, cause -> {});
    }
    enter(Phase.KEPT);
    degradedMillis = OptionalLong.empty();
    stalled = false;
    answerableLsn = Long.MAX_VALUE;
    site.answer(Long.MAX_VALUE);
  }

  /** Whether a change may be answered that ends here, and is durable here. */
  boolean mayAnswer(long lsn) {
    if (mode instanceof NearSync near && near.lagTime().isPresent() && !isOff()) {
      answerableLsn = answerable();
    }
    if (lsn <= answerableLsn) {
      return true;
    }
    awaitFirst();
    return false;
  }

  /** Members or the log here have come further, or links have come or gone. */
  void moved() {
    if (!(mode instanceof ReplicationMode.Async)) {
      trail.reached(site.durableLsn(), clock.monotonicNanos());
      look();
    }
  }

  /** Nothing is asked any more. */
  void close() {
    closed = true;
    timer.ifPresent(Clock.Timer::cancel);
    timer = Optional.empty();
  }

  /** What can be said of it now. */
  PromiseStanding standing() {
    if (isOff()) {
      return new PromiseStanding(mode, PromiseStanding.State.DEGRADED, degradedMillis);
    }
    OptionalLong oldest = site.oldestNanos();
    if (stalled && oldest.isPresent()) {
      long waitsMillis = (clock.monotonicNanos() - oldest.getAsLong()) / 1_000_000;
      return new PromiseStanding(
          mode, PromiseStanding.State.STALLED, OptionalLong.of(clock.wallMillis() - waitsMillis));
    }
    PromiseStanding.State state =
        mode instanceof ReplicationMode.Async
            ? PromiseStanding.State.NONE
            : PromiseStanding.State.KEPT;
    return new PromiseStanding(mode, state, OptionalLong.empty());
  }

  /** Whether everything is answered although something is promised. */
  private boolean isOff() {
    return phase == Phase.DEGRADED || phase == Phase.RESTORING;
  }

  private void look() {
    if (closed || mode instanceof ReplicationMode.Async) {
      return;
    }
    noticeLinks();
    switch (phase) {
      case KEPT -> {
        giveAnswers();
        if (isOverdue()) {
          giveWay();
        }
      }
      case DEGRADING -> giveAnswers();
      case DEGRADED -> {
        if (hasCaughtUp()) {
          restore();
        }
      }
      case RESTORING -> {}
    }
    site.oldestNanos().ifPresent(this::arm);
  }

  private void noticeLinks() {
    if (site.members().stream().anyMatch(Member::linked)) {
      lostSinceNanos = OptionalLong.empty();
    } else if (lostSinceNanos.isEmpty()) {
      lostSinceNanos = OptionalLong.of(clock.monotonicNanos());
    }
  }

  // ---- while it is kept ----

  private void giveAnswers() {
    answerableLsn = answerable();
    site.answer(answerableLsn);
    if (mode instanceof NearSync near && !isLost(near)) {
      site.answerWaitingSince(clock.monotonicNanos() - LONGEST_BRAKE.toNanos());
    }
    if (stalled && !isOverdue()) {
      stalled = false;
      site.changed();
    }
  }

  private long answerable() {
    return switch (mode) {
      case ReplicationMode.Async none -> Long.MAX_VALUE;
      case Sync sync -> {
        long reached = reachedBy(sync.copies() - 1, false);
        trail.forget(reached);
        yield reached;
      }
      case NearSync near -> near(near);
    };
  }

  /** What that many members have, at least. */
  private long reachedBy(int members, boolean linked) {
    List<Long> reached =
        site.members().stream()
            .filter(member -> member.linked() || !linked)
            .map(Member::durableLsn)
            .sorted(Collections.reverseOrder())
            .toList();
    return reached.size() < members ? 0 : reached.get(members - 1);
  }

  private long near(NearSync near) {
    long nearest = reachedBy(1, false);
    trail.forget(nearest);
    long most = near.lagBytes().orElse(Long.MAX_VALUE);
    long byBytes = most < Long.MAX_VALUE - nearest ? nearest + most : Long.MAX_VALUE;
    boolean inTime =
        near.lagTime()
            .filter(bound -> trail.lagNanos(nearest, clock.monotonicNanos()) > bound.toNanos())
            .isEmpty();
    return inTime ? byBytes : Math.min(byBytes, nearest);
  }

  /** Whether nobody was there to be waited for, for longer than writers are to bear it. */
  private boolean isLost(NearSync near) {
    return lostSinceNanos.isPresent()
        && clock.monotonicNanos() - lostSinceNanos.getAsLong()
            >= near.onLinkLoss().after().toNanos();
  }

  /** Whether somebody has waited as long as the policy says. */
  private boolean isOverdue() {
    OptionalLong oldest = site.oldestNanos();
    return oldest.isPresent()
        && switch (mode) {
          case ReplicationMode.Async none -> false;
          case Sync sync ->
              clock.monotonicNanos() - oldest.getAsLong() >= sync.onLinkLoss().after().toNanos();
          case NearSync near -> isLost(near);
        };
  }

  private Reaction reaction() {
    return switch (mode) {
      case ReplicationMode.Async none -> Reaction.DEGRADE;
      case Sync sync -> sync.onLinkLoss().reaction();
      case NearSync near -> near.onLinkLoss().reaction();
    };
  }

  private void giveWay() {
    switch (reaction()) {
      case DEGRADE -> degrade();
      case STALL -> {
        if (!stalled) {
          stalled = true;
          site.changed();
        }
      }
    }
  }

  // ---- from kept to degraded and back ----

  private Async<Long> put(PromiseMark.Kind kind) {
    long promised = Math.min(site.durableLsn(), answerable());
    return site.mark(new PromiseMark(kind, clock.wallMillis(), promised));
  }

  /** What a bookmark of an earlier phase brings is void from now on. */
  private int enter(Phase next) {
    phase = next;
    return ++turn;
  }

  private void degrade() {
    int here = enter(Phase.DEGRADING);
    put(PromiseMark.Kind.DEGRADED)
        .observe(
            lsn -> {
              if (turn == here) {
                enter(Phase.DEGRADED);
                degradedMillis = OptionalLong.of(clock.wallMillis());
                stalled = false;
                answerableLsn = Long.MAX_VALUE;
                site.answer(Long.MAX_VALUE);
                site.changed();
                look();
              }
            },
            cause -> {
              if (turn == here) {
                enter(Phase.KEPT);
                // The log takes nothing any more: what waits would wait for ever.
                site.interrupt();
              }
            });
  }

  private boolean hasCaughtUp() {
    return switch (mode) {
      case ReplicationMode.Async none -> true;
      case Sync sync -> {
        long reached = reachedBy(sync.copies() - 1, true);
        trail.forget(reached);
        yield reached > 0 && isNear(reached);
      }
      case NearSync near -> {
        long nearest = reachedBy(1, true);
        yield nearest > 0 && near(near) >= site.durableLsn();
      }
    };
  }

  private boolean isNear(long lsn) {
    return trail.lagNanos(lsn, clock.monotonicNanos()) <= CAUGHT_UP.toNanos();
  }

  private void restore() {
    int here = enter(Phase.RESTORING);
    put(PromiseMark.Kind.KEPT)
        .observe(
            lsn -> {
              if (turn == here) {
                enter(Phase.KEPT);
                degradedMillis = OptionalLong.empty();
                answerableLsn = answerable();
                site.changed();
              }
            },
            cause -> {
              if (turn == here) {
                enter(Phase.DEGRADED);
              }
            });
  }

  // ---- time ----

  /** One more is going to wait: it may be that nothing was due before. */
  private void awaitFirst() {
    long now = clock.monotonicNanos();
    long rest = restNanos(now, now);
    lookAfter(rest < Long.MAX_VALUE ? rest : 0);
  }

  /** Looks again when something is due of what waits since then. */
  private void arm(long oldestNanos) {
    long rest = restNanos(oldestNanos, clock.monotonicNanos());
    if (rest < Long.MAX_VALUE) {
      lookAfter(rest);
    }
  }

  private void lookAfter(long nanos) {
    if (timer.isPresent() || closed || phase != Phase.KEPT) {
      return;
    }
    timer =
        Optional.of(
            clock.after(
                Duration.ofNanos(nanos),
                () -> {
                  timer = Optional.empty();
                  look();
                }));
  }

  private long restNanos(long oldestNanos, long now) {
    return switch (mode) {
      case ReplicationMode.Async none -> Long.MAX_VALUE;
      case Sync sync -> rest(oldestNanos, sync.onLinkLoss().after(), now);
      case NearSync near -> {
        long lost =
            lostSinceNanos.isPresent()
                ? rest(lostSinceNanos.getAsLong(), near.onLinkLoss().after(), now)
                : Long.MAX_VALUE;
        yield isLost(near) ? lost : Math.min(lost, rest(oldestNanos, LONGEST_BRAKE, now));
      }
    };
  }

  /** What is left until then; everything if it is over, as nothing comes of waiting. */
  private static long rest(long sinceNanos, Duration most, long now) {
    long left = sinceNanos + most.toNanos() - now;
    return left > 0 ? left : Long.MAX_VALUE;
  }
}
