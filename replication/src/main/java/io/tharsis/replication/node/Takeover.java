package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.node.HandoverInquiry.Frozen;
import io.tharsis.replication.node.HandoverInquiry.Handed;
import io.tharsis.replication.node.HandoverInquiry.Surveyed;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The new primary's side of a planned handover: catches up while the old one serves, has it hold
 * its writes when the rest is small, and takes the role. Lives on the node's owner.
 */
final class Takeover {

  /** What a handover costs beside bringing the rest of the log: writing deeds and a log header. */
  private static final Duration FIXED = Duration.ofMillis(60);

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Bytes per second that a link is taken for as long as nothing has been fetched over it. */
  private static final long LEAST_RATE = 4L << 20;

  /**
   * How long writers would wait, if it were begun now.
   *
   * @param linked whether log comes at all
   * @param heard whether this node knows of all members and settings
   * @param behindBytes log that is still to be brought
   * @param pause what that and the rest take
   */
  record Estimate(boolean linked, boolean heard, long behindBytes, Duration pause) {

    boolean isWithin(Duration budget) {
      return linked && heard && pause.compareTo(budget) <= 0;
    }
  }

  /**
   * How long whoever is concerned may have to wait.
   *
   * @param pause writers
   * @param catchingUp whoever asks, until the rest of the log is small enough for that
   * @param beginning whoever asks, until writers are held: later it is not begun any more
   */
  record Limits(Duration pause, Duration catchingUp, Duration beginning) {}

  private final Tenancy here;
  private final Surroundings around;
  private final UUID from;
  private final Limits limits;
  private final long createdNanos;

  /**
   * @param from the primary
   * @param limits from now on
   */
  Takeover(Tenancy here, Surroundings around, UUID from, Limits limits) {
    this.here = here;
    this.around = around;
    this.from = from;
    this.limits = limits;
    this.createdNanos = around.nanos();
  }

  private boolean isWithin(Duration limit) {
    return around.nanos() - createdNanos < limit.toNanos();
  }

  /**
   * What forbids that the replica here becomes the primary, whoever is it now.
   *
   * @param forced a newer copy that is being staged beside this one may be given up
   */
  static Optional<Refusal> objection(Tenancy here, boolean forced) {
    Deed deed = here.deed();
    Optional<Report> seen = here.report().filter(any -> here.isOpen());
    if (deed.stage() != Deed.Stage.MEMBER || seen.isEmpty()) {
      return Optional.of(
          here.trouble()
              .orElseGet(() ->
                  Refusal.host(
                      "not-open",
                      "the replica of %s is not open".formatted(deed.name()),
                      "attach; tharsis view " + deed.name())));
    }
    if (deed.rewinding().isPresent()) {
      return Optional.of(
          Refusal.forbidden(
              "gives-branch-up",
              "what the log of %s has beyond a fork is being given up here".formatted(deed.name()),
              "wait-resource %s uptodate; or another member".formatted(deed.name())));
    }
    if (here.isUnsure()) {
      return Optional.of(
          Refusal.host(
              "deed-not-written",
              "what was decided about %s could not be written down".formatted(deed.name()),
              "mend the disk of the node's data directory"));
    }
    if (seen.get().faults().stream().anyMatch(one -> one.code().equals(Faults.LOG_DAMAGED))) {
      return Optional.of(
          Refusal.forbidden(
              "log-damaged",
              "the log of %s here is defective: nothing can be served of it".formatted(deed.name()),
              "another member; invalidate %s when that is the primary".formatted(deed.name())));
    }
    Report.Sync sync = seen.get().sync();
    if (!sync.isEnded() && !(forced && sync.consistent())) {
      return Optional.of(
          Refusal.forbidden(
              "not-consistent",
              sync.consistent()
                  ? "a newer copy of %s is being staged here".formatted(deed.name())
                  : "the copy of %s here is no moment of the primary's life: %s are to be synced"
                      .formatted(deed.name(), DataSize.format(sync.restBytes())),
              "wait-resource %s consistent; or another member".formatted(deed.name())));
    }
    if (!forced && !deed.switches().fetch()) {
      return Optional.of(
          Refusal.forbidden(
              "fetch-paused",
              "log of %s is not fetched here: the rest of it cannot come".formatted(deed.name()),
              "tharsis resume-fetch " + deed.name()));
    }
    return Optional.empty();
  }

  /** What it would cost now. */
  Async<Estimate> estimate() {
    long asked = around.nanos();
    return ask(new HandoverInquiry.Survey(here.deed().resource()), Surveyed::decode)
        .then(primary ->
            here.freshReport()
                .then(seen ->
                    seen.map(now -> Async.of(estimate(primary, now, around.nanos() - asked)))
                        .orElseGet(() -> closed())));
  }

  /** It was closed while the primary was asked. */
  private Async<Estimate> closed() {
    return Async.failed(
        objection(here, false)
            .orElseGet(() ->
                Refusal.host(
                    "not-open",
                    "the replica of %s is not open".formatted(here.deed().name()),
                    "the same again"))
            .thrown());
  }

  private Estimate estimate(Surveyed primary, Report seen, long roundTripNanos) {
    long behind = Math.max(0, primary.durableLsn() - seen.marks().durable());
    long rate = Math.max(LEAST_RATE, seen.rates().fetch());
    Duration bringing = Duration.ofNanos((long) (behind * 1e9 / rate));
    return new Estimate(
        seen.source().linked(),
        said().has(primary.said()),
        behind,
        FIXED.plus(bringing).plus(Duration.ofNanos(roundTripNanos).multipliedBy(3)));
  }

  /**
   * Does it. Succeeds when this node serves; fails with a refusal, and then the old one goes on.
   */
  Async<Void> run() {
    return catchUp()
        .then(done -> here.inTurn(this::handOver))
        .then(epoch -> here.settleNow(() -> tellBegun(epoch)));
  }

  private void tellBegun(UUID epoch) {
    if (here.isServing()) {
      ask(new HandoverInquiry.Begun(here.deed().resource(), epoch), any -> "")
          .observe(done -> {}, failed -> {});
    }
  }

  /** Waits, while the old one serves, until writers would be held for so long; fails if never. */
  Async<Estimate> catchUp() {
    return estimate()
        .then(now -> {
          if (now.isWithin(limits.pause())) {
            return Async.of(now);
          }
          return isWithin(limits.catchingUp()) ? later().then(done -> catchUp()) : tooSlow(now);
        });
  }

  private Async<Void> later() {
    Async<Void> later = new Async<>();
    around.seams().home().clock().after(LOOK, () -> later.succeed(null));
    return later;
  }

  private <T> Async<T> tooSlow(Estimate now) {
    if (!now.linked()) {
      return Async.failed(
          Refusal.forbidden(
                  "not-fetching",
                  "no log of %s comes here: the replica cannot catch up"
                      .formatted(here.deed().name()),
                  "tharsis view " + here.deed().name() + ", which says why")
              .thrown());
    }
    if (!now.heard()) {
      return Async.failed(
          Refusal.late(
                  "not-heard",
                  "what members and settings %s has now is not known here yet"
                      .formatted(here.deed().name()),
                  "the same again")
              .thrown());
    }
    return Async.failed(
        Refusal.late(
                "pause-too-long",
                "writers of %s would have to wait for %s, more than %s: %s of log are still to come"
                    .formatted(
                        here.deed().name(),
                        TimeSpan.format(now.pause()),
                        TimeSpan.format(limits.pause()),
                        DataSize.format(now.behindBytes())),
                "wait-resource %s uptodate; or a larger --pause".formatted(here.deed().name()))
            .thrown());
  }

  /**
   * Within a turn: the deed, and what the replica is, change for nobody else meanwhile. Gives the
   * epoch that is to be begun.
   */
  private Async<UUID> handOver() {
    Optional<Refusal> objection = objection(here, false).or(this::tooLate);
    if (objection.isPresent()) {
      return Async.failed(objection.get().thrown());
    }
    Lodger open = here.lodger().orElseThrow();
    return here.crossing()
        .ask(open::prepareTakeOver)
        .then(done -> ask(freeze(), Frozen::decode))
        .then(end -> caughtUp(open, end))
        .then(end -> ask(grant(end), Handed::decode))
        .then(handed ->
            here.freshReport()
                .then(seen -> accept(seen.orElseThrow(), handed))
                .map(done -> handed.epochId()))
        .orElse(cause -> {
          here.permit();
          ask(thaw(), any -> "").observe(done -> {}, failed -> {});
          return Async.failed(cause);
        });
  }

  /** Another change may have had the turn for long. */
  private Optional<Refusal> tooLate() {
    return isWithin(limits.beginning())
        ? Optional.empty()
        : Optional.of(
            Refusal.forbidden(
                "busy",
                "another change of %s was under way for too long".formatted(here.deed().name()),
                "the same again"));
  }

  /** Whatever was asked before: who has granted the role does not take it back. */
  private HandoverInquiry thaw() {
    return new HandoverInquiry.Thaw(here.deed().resource(), here.deed().membership());
  }

  private HandoverInquiry freeze() {
    return new HandoverInquiry.Freeze(here.deed().resource(), here.deed().membership());
  }

  private HandoverInquiry grant(Frozen end) {
    return new HandoverInquiry.Grant(
        here.deed().resource(),
        here.deed().membership(),
        end,
        around.seams().entropy().nextUuid(),
        said());
  }

  private HandoverInquiry.Said said() {
    return new ResourceTeller(around).said(here.deed().resource());
  }

  /** Writers are let go rather than kept waiting for much longer than was estimated. */
  private Duration patience() {
    Duration most = limits.pause().multipliedBy(3);
    return most.compareTo(Yielding.PATIENCE) < 0 ? most : Yielding.PATIENCE;
  }

  private Async<Frozen> caughtUp(Lodger open, Frozen end) {
    return here.crossing().ask(() -> open.untilDurable(end.endLsn(), patience())).map(done -> end);
  }

  private Async<Void> accept(Report seen, Handed handed) {
    return isWhole(seen, handed)
        ? accept(here, around, handed)
        : Async.failed(new IOException("what was handed over is not what is here"));
  }

  /**
   * Whether the log here is the one that was handed over: it ends in that epoch, and not before.
   */
  static boolean isWhole(Report seen, Handed handed) {
    return seen.epoch().equals(handed.end().epoch())
        && seen.marks().durable() >= handed.end().endLsn();
  }

  /** Within a turn: what was handed over, and is here, counts when that is durable. */
  static Async<Void> accept(Tenancy here, Surroundings around, Handed handed) {
    SortedMap<UUID, Long> needed = new TreeMap<>(handed.needed());
    needed.remove(around.setting().self().node());
    Succession next =
        new Succession(Epoch.Kind.HANDOVER, handed.epochId(), handed.end().epoch().number());
    return here.put(here.deed().accepting(next, needed));
  }

  private <T> Async<T> ask(Inquiry inquiry, Answers.Reading<T> reading) {
    return around.peers().ask(from, inquiry, ANSWER).then(body -> Answers.read(body, reading));
  }
}
