package io.tharsis.replication.node;

import io.tharsis.logfiles.log.CannotRewind;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.OpeningPutOff;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * This node's replica of one resource: goes from what the deed says to what is, step by step, again
 * after each failure, and after a restart from wherever it was. One change or step at a time. Lives
 * on the node's owner; the open replica, the {@link Lodger}, lives on the owner of its place.
 */
final class Tenancy {

  private static final Duration LISTENED = Duration.ofMillis(100);

  private final Surroundings around;
  private final Runnable ended;
  private final Place place;
  private final Crossing crossing;
  private final Residence residence;
  private final Steps steps = new Steps();
  private final Heartbeat heartbeat;
  private final LastLook lastLook;
  private final ResourceTeller resources;
  private final DeedInForce held;
  private final Trouble trouble = new Trouble();
  private final OpenReplica replica;
  private final Yielding yielding;
  private final Counting counting;
  private final Wishes wishes;
  private final Serving serving;
  private final SplitWatch splits;
  private final Dismissal dismissal;
  private final Orders orders;
  private final Ousting ousting;
  private final BranchSigns branches;
  private final Renewing renewing;
  private final Renewal renewal;
  private final Following following;
  private boolean filesAreOurs;
  private boolean reopening;
  private boolean rewound;
  private boolean cleared;
  private boolean closing;

  /**
   * @param deed durable
   * @param wished looks whether this node may be the primary of a resource, as an initiator wishes
   * @param ended called once when it is durable that nothing of it is left
   */
  Tenancy(
      Deed deed, Surroundings around, Function<String, Async<Verbs.Plan>> wished, Runnable ended) {
    this.around = around;
    this.held = new DeedInForce(deed, around.deeds(), this::permit);
    this.ended = ended;
    this.place = around.seams().premises().place(deed.name());
    this.crossing = new Crossing(around.seams().home().owner(), place.owner());
    this.residence = new Residence(around, place, crossing);
    this.replica = new OpenReplica(this::lodger, crossing);
    this.heartbeat = new Heartbeat(around.seams().home().clock(), this::tick);
    this.lastLook = new LastLook(this, new ReplicaTeller(around.directory(), deed));
    this.resources = new ResourceTeller(around);
    this.yielding = new Yielding(this, around);
    this.counting = new Counting(this, around);
    this.wishes =
        new Wishes(this, around.seams().home().clock(), () -> wished.apply(deed().name()));
    this.serving = new Serving(around, place, crossing);
    this.splits = new SplitWatch(around, replica);
    this.dismissal = new Dismissal(around);
    this.orders = new Orders(crossing, resources);
    this.ousting = new Ousting(around);
    this.renewing = new Renewing(this, around);
    this.renewal = renewing.known();
    this.following = new Following(this, around, renewing);
    this.branches = new BranchSigns(around, ousting);
  }

  Deed deed() {
    return held.now();
  }

  /** The replica as it was last looked at; empty while it is not open. */
  Optional<Report> report() {
    return lastLook.report();
  }

  /** Why it is not open, or could not go on; empty if all is well. */
  Optional<Refusal> trouble() {
    return trouble.words();
  }

  /** What is not as it could be, though all goes on; empty if there is nothing. */
  Optional<Report.Problem> remark() {
    return dismissal.remark(deed()).or(() -> branches.remark(deed(), report())).or(renewal::remark);
  }

  /** Why its membership is over though its replica is here; empty if it is not. */
  Optional<Refusal> dismissed() {
    return dismissal.words(deed());
  }

  /** Whether its log is a part of the primary's. */
  Parting parting(Report seen) {
    return branches.parting(deed(), seen);
  }

  /** What its mode promises to whoever writes here, and is not so; empty if all is as it says. */
  Optional<Report.Problem> unkept() {
    return lastLook.unkept();
  }

  /** The open replica; everything but its identity belongs to the owner of its place. */
  Optional<Lodger> lodger() {
    return residence.lodger();
  }

  boolean isOpen() {
    return lodger().isPresent();
  }

  /** Whether initiators can write to the replica here. */
  boolean isServing() {
    return deed().isPrimary() && isAsTheDeedSays();
  }

  /** Whether the open replica is in the role that the deed says. */
  private boolean isAsTheDeedSays() {
    return residence.isAs(deed());
  }

  /** Fails with a refusal if initiators cannot write to the replica here. */
  Async<Void> requireServing() {
    return isServing() ? Async.done() : Lookup.refused(notOpen());
  }

  /** Why it is not open, though it was to be. */
  Refusal notOpen() {
    return trouble()
        .orElseGet(() -> Refusal.host("not-open", "it did not open", "tharsis view, and again"));
  }

  Crossing crossing() {
    return crossing;
  }

  /** What a primary does for its members. */
  Counting counting() {
    return counting;
  }

  /** What a primary does for who is to be the next one. */
  Yielding yielding() {
    return yielding;
  }

  /** Tells people something of this replica. */
  void note(Premises.Gravity gravity, String words) {
    around.seams().premises().note(gravity, "resource %s: %s".formatted(deed().name(), words));
  }

  /** Begins to go where the deed says. */
  void begin() {
    ousting.begin();
    heartbeat.begin();
  }

  private Async<Void> tick() {
    counting.tick();
    return steps
        .take(this::look)
        .orElse(cause -> {
          failed(cause);
          return Async.done();
        })
        .then(done -> settle());
  }

  // ---- looking ----

  /** Asks the open replica how it is doing, and acts on it. */
  private Async<Void> look() {
    if (cleared) {
      return tell();
    }
    if (deed().isClient()) {
      route();
      return isDeleted() ? put(deed().at(Deed.Stage.LEAVING)) : Async.done();
    }
    dismissal.look(deed());
    return freshReport()
        .then(fresh -> fresh.map(this::attend).orElseGet(Async::done))
        .then(done -> tell());
  }

  private Async<Void> attend(Report seen) {
    offerSources();
    if (orders.branching(branches.mayBe(deed(), Optional.of(seen)))) {
      permit();
    }
    return splits
        .look(deed(), seen, parting(seen))
        .then(done -> noteSize(seen))
        .then(done -> act(seen));
  }

  /** Within a turn: the replica was looked at; what follows from that at once. */
  Async<Void> saw(Report seen) {
    lastLook.saw(seen);
    return noteSize(seen);
  }

  /** The log is right; the deed says it to whoever joins, and to the directory. */
  private Async<Void> noteSize(Report seen) {
    boolean grown =
        deed().stage() == Deed.Stage.MEMBER
            && seen.sizeBytes() > deed().holding().sizeBytes().orElse(0);
    return grown ? put(deed().grown(seen.sizeBytes())) : Async.done();
  }

  private Async<Void> act(Report seen) {
    if (isEnding()) {
      return Async.done();
    }
    if (isDeleted()) {
      return put(deed().at(Deed.Stage.LEAVING));
    }
    if (!isAsTheDeedSays()) {
      return Async.done();
    }
    if (deed().isPrimary() && ousting.isOver(deed(), seen)) {
      // as long as it serves it has no say in what the directory says of the resource
      return resources.keepsServing(deed().resource(), Optional.of(seen))
          ? counting.note(seen)
          : oust();
    }
    if (deed().isPrimary()) {
      return counting.note(seen).then(done -> resources.tend(this, seen)).then(done -> succeeded());
    }
    if (deed().granted().isPresent()) {
      return yielding.awaitSuccessor(deed().granted().get(), seen);
    }
    if (deed().rewinding().isPresent()) {
      return Async.done();
    }
    return deed().transfer().isPresent() && branches.isNone(deed(), seen)
        ? put(deed().settled())
        : following.look(seen, branches.mayBe(deed(), Optional.of(seen)));
  }

  /** The epoch has begun, and everybody can know. */
  private Async<Void> succeeded() {
    return deed().succession().isPresent() ? put(deed().settled()) : Async.done();
  }

  private Async<Void> oust() {
    note(
        Premises.Gravity.TROUBLE,
        "another node is the primary: it serves no more here. What was written here beyond the"
            + " other's log is kept, as a branch");
    yielding.end();
    return put(deed().ousted()).then(done -> cede());
  }

  /** Whether the resource was deleted: it ends here in a moment. */
  boolean isDeleted() {
    return !deed().resource().equals(Key.NIL)
        && deed().stage() != Deed.Stage.LEAVING
        && around.directory().view().deletion(Key.resource(deed().resource())).isPresent();
  }

  /** Tells the directory how it is. */
  private Async<Void> tell() {
    return deed().isClient() ? Async.done() : lastLook.tell().orElse(cause -> Async.done());
  }

  private void offerSources() {
    route();
    lodger().ifPresent(open -> orders.offer(deed(), open));
  }

  /** How it is doing this very moment. */
  Async<Optional<Report>> freshReport() {
    if (lodger().isEmpty()) {
      return Async.of(Optional.empty());
    }
    Lodger open = lodger().get();
    return crossing
        .ask(() -> Async.of(open.report()))
        .map(seen -> {
          if (seen.sync().isEnded()) {
            renewal.ended();
          }
          lastLook.saw(
              branches
                  .remark(deed(), Optional.of(seen))
                  .or(renewal::remark)
                  .map(seen::with)
                  .orElse(seen)
                  .with(splits.seen()));
          return report();
        });
  }

  /** What the directory says of it, or is about to. */
  Optional<ReplicaTeller.Said> said() {
    return deed().isClient() ? Optional.empty() : lastLook.said();
  }

  // ---- changes ----

  /** Changes the deed, durably, in turn; then goes where it says. */
  Async<Void> change(UnaryOperator<Deed> change) {
    return change(now -> Optional.empty(), change);
  }

  /**
   * The same, unless something forbids it when its turn has come: a handover may have made this the
   * primary since it was planned.
   */
  Async<Void> change(Function<Deed, Optional<Refusal>> objection, UnaryOperator<Deed> change) {
    residence.putOff();
    return steps
        .take(() ->
            objection
                .apply(deed())
                .<Async<Void>>map(Lookup::refused)
                .orElseGet(() -> put(change.apply(deed()))))
        .then(done -> settleNow());
  }

  /** Ends the replica and removes its log; fails while that is not done, and goes on by itself. */
  Async<Void> leave() {
    return leave(now -> Optional.empty());
  }

  /** The same, unless something forbids it when its turn has come. */
  Async<Void> leave(Function<Deed, Optional<Refusal>> objection) {
    return change(objection, now -> now.at(Deed.Stage.LEAVING))
        .then(done ->
            cleared
                ? Async.done()
                : Async.failed(
                    Refusal.late(
                            "not-removed",
                            trouble
                                .words()
                                .map(Refusal::fact)
                                .orElse(
                                    "the replica of %s is not gone yet".formatted(deed().name())),
                            "tharsis view; it is tried again by itself")
                        .thrown()));
  }

  /** Gives up what log and disk are worth: all of it is looked at again. */
  Async<Void> renew() {
    residence.putOff();
    return steps
        .take(() ->
            deed().isPrimary()
                ? Lookup.refused(LeavingVerbs.isPrimary(deed(), "begin anew"))
                : renewing.wholly())
        .then(done -> settleNow());
  }

  /** Deletes a branch that is kept beside the log, for ever. */
  Async<Void> deleteBranch(String name) {
    return replica
        .deleteBranch(name)
        .then(done -> {
          splits.forget();
          return steps.take(this::look);
        });
  }

  /** Gives up what its log has beyond a fork; that is kept as a branch. */
  Async<Void> rewind(Fork fork) {
    residence.putOff();
    return steps
        .take(() -> {
          if (deed().isPrimary() || deed().stage() != Deed.Stage.MEMBER) {
            return Lookup.refused(notOpen());
          }
          rewound = false;
          renewal.forget();
          return put(deed().rewinding(fork));
        })
        .then(done -> settleNow());
  }

  /** Runs something about this replica in turn. */
  <T> Async<T> inTurn(Supplier<Async<T>> change) {
    return steps.take(change);
  }

  /** Within a turn. */
  Async<Void> put(Deed next) {
    return held.put(next);
  }

  /** Whether the deed on the disk may say more of roles than the one in force. */
  boolean isUnsure() {
    return held.isUnsure();
  }

  private Async<Boolean> makeSure() {
    return held.again()
        .map(done -> {
          yielding.certain();
          return true;
        });
  }

  /** Lets the replica do what the switches say. */
  void permit() {
    permit(true);
  }

  /**
   * The same.
   *
   * @param fetching false if it follows nobody: who is to be the primary goes on from what it has
   */
  void permit(boolean fetching) {
    lodger().ifPresent(open -> orders.permit(deed(), open, fetching, !isUnsure()));
  }

  /** Tries at once what would be tried again later. */
  Async<Void> settleNow() {
    return settleNow(() -> {});
  }

  /**
   * The same.
   *
   * @param settled what does not wait until others have been told
   */
  Async<Void> settleNow(Runnable settled) {
    trouble.hurry();
    return settle()
        .then(done -> {
          settled.run();
          return steps.take(this::look);
        });
  }

  /** Within a turn: the replica is closed, and opened again. */
  void reopen() {
    reopening = true;
  }

  private void settleSoon() {
    settle().observe(done -> {}, cause -> {});
  }

  /** Takes steps until none is due. */
  private Async<Void> settle() {
    return steps.take(() ->
        Async.repeat(
                () -> step().map(again -> again ? Optional.<Boolean>empty() : Optional.of(true)))
            .map(done -> (Void) null));
  }

  // ---- steps, each within a turn; true: look for another one ----

  private Async<Boolean> step() {
    if (cleared) {
      return Async.of(false);
    }
    if (isUnsure() && trouble.mayTry(around.nanos())) {
      return tried(makeSure());
    }
    if (mustWithdraw()) {
      yielding.end();
      wishes.end();
      return tried(serving.close().map(done -> true));
    }
    if (isToBeServed()) {
      return tried(
          serving
              .open(deed().resource(), deed().holding(), wish())
              .map(done -> {
                route();
                return true;
              }));
    }
    if (lodger().isPresent()) {
      if (mustClose()) {
        return closeLodger();
      }
      if (!isAsTheDeedSays()) {
        if (yielding.isGivingWay() || yielding.isLettingThrough()) {
          return Async.of(false);
        }
        // what is staged is given up only when it is opened
        return lastLook.isStaging() ? closeLodger() : tried(turn());
      }
      return isToBeAsked()
          ? tried(renewing.askBeside(lodger().get()).map(done -> true))
          : complete();
    }
    if (closing || !trouble.mayTry(around.nanos())) {
      return Async.of(false);
    }
    if (deed().isClient()) {
      return deed().stage() == Deed.Stage.LEAVING
          ? tried(forgetDeed().map(done -> false))
          : Async.of(false);
    }
    if (deed().stage() != Deed.Stage.LEAVING && !held.isKept()) {
      // it was to be forgotten, and that has failed: nothing may rely on a deed that may be gone
      return tried(around.deeds().put(deed()).map(done -> true));
    }
    if (deed().isPrimary() && ousting.isToListen(deed())) {
      around.seams().home().clock().after(LISTENED, this::settleSoon);
      return Async.of(false);
    }
    if (deed().isPrimary() && ousting.isOver(deed())) {
      return tried(oust().map(done -> true));
    }
    return tried(
        switch (deed().stage()) {
          case LEAVING -> clear();
          case MAKING, MEMBER -> deed().switches().attach() ? open() : Async.of(false);
          case JOINING, RENEWING -> deed().switches().attach() ? begin(deed()) : Async.of(false);
        });
  }

  /**
   * A log that is not there yet begins where the primary has said. For one that begins anew that
   * holds only as long as this process lives: what it misses is told together with it.
   */
  private Async<Boolean> begin(Deed now) {
    Optional<Fork> fork = now.rewinding();
    if (fork.isPresent()) {
      return crossing
          .ask(() -> BranchShelf.setAside(place, now.holding().wish(), fork.get()))
          .then(done -> put(now.settled()))
          .map(done -> true);
    }
    boolean known =
        now.stage() == Deed.Stage.JOINING
            ? now.baseLsn().isPresent()
            : renewal.granted().isPresent();
    return known
        ? open()
            .orElse(cause -> {
              // by the next attempt the log may not be kept from there any more
              renewal.ungranted();
              return Async.failed(cause);
            })
        : renewing.ask().map(done -> true);
  }

  /** From when there is a copy until there is none, whatever becomes of it meanwhile. */
  private boolean isToBeServed() {
    return !serving.isOpen()
        && !closing
        && trouble.mayTry(around.nanos())
        && deed().stage() == Deed.Stage.MEMBER
        && deed().holding().sizeBytes().isPresent();
  }

  /**
   * What initiators have begun is waited for in that, so nothing may be held meanwhile. Where that
   * must be, as it is not known whether the role is granted, the replica is closed before.
   */
  private boolean mustWithdraw() {
    return serving.isOpen() && isEnding() && !(isUnsure() && isOpen());
  }

  /** Whether it is to end here, for now or for ever. */
  boolean isEnding() {
    return closing || deed().stage() == Deed.Stage.LEAVING;
  }

  /** Who has no replica can never be the primary, and says so as long as initiators come here. */
  private Optional<RoleWish> wish() {
    return deed().isClient()
        ? Optional.empty()
        : Optional.of(() -> crossing.back().ask(wishes::heard));
  }

  /** What initiators want goes where it can be done now. */
  void route() {
    serving.look(this);
  }

  private boolean mustClose() {
    return closing
        || reopening
        || !deed().switches().attach()
        || deed().stage() == Deed.Stage.LEAVING
        || (deed().rewinding().isPresent() && !rewound)
        || (deed().stage() == Deed.Stage.RENEWING && renewal.granted().isEmpty())
        || (renewal.isBeside() && renewal.granted().isPresent());
  }

  private boolean isToBeAsked() {
    return renewal.isBeside() && trouble.mayTry(around.nanos());
  }

  private Async<Boolean> tried(Async<Boolean> step) {
    return step.orElse(cause -> {
      failed(cause);
      return Async.of(false);
    });
  }

  private void failed(IOException cause) {
    Optional<Refusal> before = trouble.words();
    trouble.met(cause, deed(), around.nanos());
    if (!trouble.words().equals(before)) {
      note(Premises.Gravity.TROUBLE, trouble.words().orElseThrow().toString());
    }
  }

  private Async<Boolean> closeLodger() {
    if (lodger().orElseThrow().isPrimary()) {
      serving.route(new Serving.Route.Nowhere("the primary is being closed"));
    }
    Async<Void> told = lastLook.isStaging() ? freshReport().then(seen -> tell()) : Async.done();
    return told.then(done -> residence.close())
        .orElse(cause -> {
          failed(cause);
          return Async.done();
        })
        .map(done -> {
          route();
          lastLook.forget();
          reopening = false;
          rewound = false;
          orders.forget();
          return true;
        });
  }

  private Async<Boolean> open() {
    Opener.Mending mending = renewal.mending(deed().resource(), following.isCutting());
    return residence
        .open(deed(), mending, ear())
        .map(done -> opened())
        .orElse(cause -> notOpened(cause, mending));
  }

  /** The role has changed: the replica goes on in the other one, where it is. */
  private Async<Boolean> turn() {
    return residence
        .turn(deed(), ear())
        .map(done -> opened())
        .orElse(cause -> {
          note(
              Premises.Gravity.TROUBLE,
              "it could not change its role in place, and is opened again: " + cause.getMessage());
          reopening = true;
          return Async.of(true);
        });
  }

  private Async<Boolean> notOpened(IOException cause, Opener.Mending mending) {
    if (mending.beside().isPresent()) {
      return renewing.notBeside(cause, following.isPrimaryHeard()).map(done -> true);
    }
    return switch (cause) {
      case OpeningPutOff _ -> Async.of(false);
      case LogDamage damage -> following.refused(damage).map(done -> true);
      case CannotRewind why -> {
        note(Premises.Gravity.TROUBLE, "it begins anew: " + why.getMessage());
        yield renewing.wholly().map(done -> true);
      }
      default -> Async.failed(cause);
    };
  }

  private boolean opened() {
    rewound = deed().rewinding().isPresent();
    splits.forget();
    orders.forget();
    note(Premises.Gravity.NEWS, "its replica is open, as " + deed().role().word());
    trouble.ended();
    following.opened();
    if (deed().stage() == Deed.Stage.MEMBER) {
      renewal.forget();
    }
    permit();
    offerSources();
    return true;
  }

  /** Changes settings of the resource, at its primary. */
  Async<Void> set(Map<String, String> settings) {
    return steps
        .take(() ->
            report()
                .map(seen -> resources.set(deed(), seen, settings))
                .orElseGet(Async::done)
                .orElse(cause -> Async.failed(Ousting.overruled(deed(), cause))))
        .then(done -> settleNow());
  }

  /** Is the primary no more, without another one but who has taken its place already. */
  Async<Void> abdicate() {
    return steps.take(() -> freshReport().then(this::abdicate)).then(done -> settleNow());
  }

  private Async<Void> abdicate(Optional<Report> seen) {
    boolean isOver = isServing() && seen.filter(now -> ousting.isOver(deed(), now)).isPresent();
    return isOver
        ? oust()
        : yielding
            .abdicate()
            .then(done ->
                report().map(now -> resources.abdicate(deed(), now)).orElseGet(Async::done));
  }

  /** How many initiators are logged in here. */
  Async<Integer> initiators() {
    return crossing.ask(() -> Async.of(place.initiators()));
  }

  /** The directory says something else of the resource. */
  void heard() {
    offerSources();
    if (lodger().isPresent() && !isAsTheDeedSays()) {
      settleSoon();
    }
  }

  /** The replica is open: what the deed still says of its making is done. */
  private Async<Boolean> complete() {
    if (deed().stage() == Deed.Stage.MEMBER) {
      return rewound && deed().rewinding().isPresent()
          ? tried(put(deed().settled()).map(done -> true))
          : Async.of(false);
    }
    Lodger open = lodger().orElseThrow();
    return tried(
        put(deed().made(open.resource(), open.sizeBytes()))
            .map(written -> {
              renewal.forget();
              return true;
            }));
  }

  private Async<Boolean> clear() {
    return lastLook
        .withdraw()
        .then(done -> residence.clear())
        .then(done -> forgetDeed())
        .map(done -> false);
  }

  private Async<Void> forgetDeed() {
    return held.remove()
        .map(done -> {
          cleared = true;
          heartbeat.end();
          residence.end();
          ended.run();
          return null;
        });
  }

  /**
   * It never came to be: as if nobody had asked. Files that were there before stay. The primary may
   * count it already, though its answer has not come; that is what {@link Disowner} is for.
   */
  Async<Void> forget() {
    return steps.take(() -> {
      if (lodger().isPresent() || cleared) {
        return Async.done();
      }
      if (filesAreOurs) {
        return put(deed().at(Deed.Stage.LEAVING)).then(done -> clear()).map(done -> null);
      }
      return forgetDeed();
    });
  }

  private Ear ear() {
    return new Ear(
        crossing, resources.mode(deed().resource()), orders.mayReplay(deed()), new Hearing());
  }

  /** What the replica says, at home. */
  private final class Hearing implements Ear.Hearer {
    /** Not in turn: whoever has the turn may be waiting for the replica to close. */
    @Override
    public Async<Void> flipping() {
      return freshReport().then(seen -> lastLook.tell());
    }

    @Override
    public void foundNothing() {
      filesAreOurs = true;
    }

    @Override
    public void stopped() {
      if (!isServing()) {
        reopening = true;
        trouble.pause(around.nanos());
        settleSoon();
      }
    }

    @Override
    public void changed() {
      steps.take(Tenancy.this::look).observe(done -> {}, cause -> {});
    }
  }

  // ---- at the primary ----

  /** Within a turn, when the deed says it durably: nothing more is done for initiators here. */
  Async<Void> cede() {
    route();
    return residence.cede();
  }

  /** What is asked of the replica while it is open. */
  OpenReplica replica() {
    return replica;
  }

  /** Makes the volume of a primary larger, and says so. */
  Async<Void> resize(long sizeBytes) {
    return replica.resize(sizeBytes).then(done -> steps.take(this::look));
  }

  /** Decides about a link about this resource. */
  Acceptance accept(Hello.Purpose purpose) {
    return residence.accept(purpose);
  }

  /** Closes the replica; the deed stays. */
  Async<Void> close() {
    closing = true;
    residence.putOff();
    heartbeat.end();
    return settle()
        .then(done -> steps.take(Async::done))
        .map(done -> {
          if (!cleared) {
            residence.end();
          }
          return null;
        });
  }
}
