package io.tharsis.replication.node;

import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.FollowingState;
import io.tharsis.logfiles.volume.FollowingStatus;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.fetch.FetchState;
import io.tharsis.replication.fetch.FetchStatus;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.member.PrimaryReplica;
import io.tharsis.replication.member.ReplicaSeams;
import io.tharsis.replication.member.ReplicaSetting;
import io.tharsis.replication.member.SecondaryReplica;
import io.tharsis.replication.sync.SyncStatus;
import io.tharsis.replication.wire.Hello;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A replica that follows. */
final class SecondaryLodger implements Lodger {

  /** How it is opened. */
  enum Opening {
    /** As it is. */
    AS_IT_IS,
    /** As it is, or made where its log is to begin. */
    OR_MADE,
    /** Whatever it was, it begins anew. */
    ANEW,
    /** It begins anew beside what it is. */
    BESIDE,
    /** Without what its log has beyond a fork. */
    REWOUND
  }

  private final Place place;
  private final SecondaryReplica replica;
  private final Box box;
  private final DiskDigests digests;
  private final Surveyor surveyor;
  private final BranchShelf branches;
  private final Pace fetching = new Pace();
  private final Pace replaying = new Pace();
  private final Pace syncing = new Pace();

  /** What the replica asks before there is a lodger. */
  private static final class Box {
    private Sources sources = Sources.NONE;

    SecondaryReplica.Sources asked() {
      return new SecondaryReplica.Sources(
          () -> sources.log(), () -> sources.sync(), () -> sources.led());
    }
  }

  private SecondaryLodger(Place place, SecondaryReplica replica, Box box) {
    this.place = place;
    this.replica = replica;
    this.box = box;
    this.digests = new DiskDigests(new Subject(), place.clock());
    this.branches = new BranchShelf(replica.store(), place.clock());
    this.surveyor = new Surveyor(replica.resource()::log);
  }

  /** Only a consistent disk whose log is replayed can be compared. */
  private final class Subject implements DiskDigests.Subject {
    private Optional<IOException> objection() {
      FollowingStatus status = replica.resource().status();
      if (!status.sync().consistent()) {
        return Optional.of(new IOException("the replica is not consistent"));
      }
      return switch (status.apply()) {
        case ApplyState.Paused() -> Optional.of(new IOException("replay is paused"));
        case ApplyState.DiskTooSmall(String reason) -> Optional.of(new IOException(reason));
        case ApplyState.Idle _, ApplyState.Running _, ApplyState.DiskGrowing _ -> Optional.empty();
        case ApplyState.PausedNoSpace _, ApplyState.Retrying _ -> Optional.empty();
        case ApplyState.Stopped _ -> Optional.empty();
      };
    }

    @Override
    public Async<Long> stand() {
      return objection().<Async<Long>>map(Async::failed).orElseGet(replica.resource()::stand);
    }

    @Override
    public Async<Long> standAt(long lsn) {
      return objection()
          .<Async<Long>>map(Async::failed)
          .orElseGet(() -> replica.resource().standAt(lsn));
    }

    @Override
    public void goOn() {
      replica.resource().goOn();
    }

    @Override
    public Async<Void> read(long offset, ByteBuffer into) {
      return replica
          .resource()
          .readDisk(0, offset, into)
          .then(done -> objection().<Async<Void>>map(Async::failed).orElseGet(Async::done));
    }
  }

  @Override
  public DiskDigests digests() {
    return digests;
  }

  @Override
  public BranchShelf branches() {
    return branches;
  }

  @Override
  public Surveyor surveyor() {
    return surveyor;
  }

  @Override
  public Async<Void> repair(RegionSet regions) {
    return replica
        .resource()
        .makeDirty(0, regions)
        .map(done -> {
          replica.sourcesChanged();
          return null;
        });
  }

  /** Opens it; it does nothing before it is permitted to. */
  static Async<Lodger> open(
      Place place,
      ReplicaSetting setting,
      ReplicaSeams seams,
      Beginning beginning,
      Listener listener) {
    Box box = new Box();
    SecondaryReplica.Sources sources = box.asked();
    Async<SecondaryReplica> opened =
        switch (beginning.opening()) {
          case AS_IT_IS -> SecondaryReplica.open(setting, seams, sources, listener);
          case REWOUND ->
              SecondaryReplica.openRewound(
                  setting, beginning.fork().orElseThrow(), seams, sources, listener);
          case OR_MADE -> SecondaryReplica.join(setting, beginning.at(), seams, sources, listener);
          case ANEW ->
              SecondaryReplica.rejoin(
                  setting,
                  new SecondaryReplica.Rejoin(beginning.at(), beginning.delta()),
                  seams,
                  sources,
                  listener);
          case BESIDE ->
              SecondaryReplica.beginBeside(
                  setting,
                  new SecondaryReplica.Rejoin(beginning.at(), beginning.delta()),
                  seams,
                  sources,
                  listener);
        };
    return opened.map(replica -> {
      replica.keepFrom(beginning.keepFrom());
      return new SecondaryLodger(place, replica, box);
    });
  }

  @Override
  public void keepFrom(long lsn) {
    replica.keepFrom(lsn);
  }

  /** The same out of a replica that was the primary's own, in place; it has ceded. */
  static Async<Lodger> from(Place place, PrimaryReplica before, Listener listener) {
    Box box = new Box();
    return before
        .stepDown(box.asked(), listener)
        .map(replica -> new SecondaryLodger(place, replica, box));
  }

  SecondaryReplica replica() {
    return replica;
  }

  @Override
  public boolean isPrimary() {
    return false;
  }

  @Override
  public Async<Lodger> turn(Deed deed, Listener listener) {
    return lookNoMore()
        .then(done ->
            PrimaryLodger.from(
                place, replica, deed.succession().orElseThrow(), deed.needed(), listener));
  }

  @Override
  public Async<Void> prepareTakeOver() {
    return replica.resource().prepareTakeOver();
  }

  @Override
  public Async<Void> untilDurable(long lsn, Duration patience) {
    Async<Void> reached = new Async<>();
    Clock.Timer limit =
        place
            .clock()
            .after(
                patience, () -> fail(reached, "the log up to LSN %d has not come".formatted(lsn)));
    replica
        .resource()
        .log()
        .whenDurable(
            lsn,
            Completion.of(
                () -> {
                  limit.cancel();
                  if (!reached.isDone()) {
                    reached.succeed(null);
                  }
                },
                cause -> {
                  limit.cancel();
                  fail(reached, cause.getMessage());
                }));
    return reached;
  }

  private static void fail(Async<Void> reached, String words) {
    if (!reached.isDone()) {
      reached.fail(new IOException(words));
    }
  }

  /**
   * How it is opened, and where its log begins if it does.
   *
   * @param start needed unless it is opened as it is
   * @param delta what it misses if it begins anew, if that is known
   * @param fork beyond which its log is given up, if it is
   * @param keepFrom as for {@link #keepFrom}
   */
  record Beginning(
      Opening opening,
      Optional<LogStart> start,
      Optional<Delta> delta,
      Optional<Fork> fork,
      long keepFrom) {
    LogStart at() {
      return start.orElseThrow(() -> new IllegalStateException("nobody has said where it begins"));
    }
  }

  @Override
  public UUID resource() {
    return replica.resource().id();
  }

  @Override
  public long sizeBytes() {
    return replica.resource().volumeBytes(0);
  }

  @Override
  public void permit(SecondaryReplica.Permissions may) {
    replica.permit(may);
  }

  @Override
  public void sources(Sources sources) {
    if (!box.sources.equals(sources)) {
      box.sources = sources;
      replica.sourcesChanged();
    }
  }

  @Override
  public Acceptance accept(Hello.Purpose purpose) {
    return replica.accept(purpose);
  }

  @Override
  public Async<Void> prepareSize(long sizeBytes) {
    return replica.resource().prepareSize(0, sizeBytes);
  }

  @Override
  public Async<LogSpace> giveBack() {
    return LogSpace.giveBack(replica.resource().log());
  }

  @Override
  public Report report() {
    FollowingStatus status = replica.resource().status();
    FetchStatus fetch = replica.fetching();
    SyncStatus sync = replica.syncing();
    long now = place.clock().monotonicNanos();
    return new Report(
        false,
        replica.resource().log().lineage(),
        sizeBytes(),
        marks(status),
        new Report.Sync(
            status.sync().consistent(),
            status.sync().dirtyBytes(),
            status.sync().newestLsn(),
            staged()
                .map(it ->
                    new Report.Stage(
                        stuck(it, status, fetch),
                        new EpochRef(it.epochNumber(), it.epochId()),
                        Report.Marks.of(status.watermarks())))),
        source(fetch),
        new Report.Rates(
            syncing.at(sync.copiedBytes() + sync.equalBytes() + sync.zeroBytes(), now),
            fetching.at(fetch.fetchedBytes(), now),
            replaying.at(status.appliedBytes(), now),
            0),
        problems(status, fetch.state()),
        replica.standing(),
        Collections.emptyMap(),
        BranchTelling.NONE);
  }

  private Optional<FollowingResource.Staged> staged() {
    return replica.resource().staged().filter(it -> !it.flipping());
  }

  /** What counts is what was there before the stage: that disk with that log. */
  private Report.Marks marks(FollowingStatus status) {
    return staged()
        .map(it -> new Report.Marks(it.checkpointLsn(), it.checkpointLsn(), it.durableLsn()))
        .orElseGet(() -> Report.Marks.of(status.watermarks()));
  }

  /** What is to be staged does not get less by waiting: nothing is applied meanwhile. */
  private static Optional<String> stuck(
      FollowingResource.Staged staged, FollowingStatus status, FetchStatus fetch) {
    boolean full = status.space().shortage().isPresent() || status.space().isFull();
    Optional<String> log =
        fetch.state() instanceof FetchState.WaitingForRoom(UUID node, String reason) && full
            ? Optional.of("the log that comes meanwhile has no room: " + reason)
            : Optional.empty();
    return staged.problem().or(() -> log);
  }

  @Override
  public void flip() {
    replica.resource().flip();
  }

  private static Report.Source source(FetchStatus fetch) {
    boolean linked =
        fetch.state() instanceof FetchState.Fetching
            || fetch.state() instanceof FetchState.CaughtUp
            || fetch.state() instanceof FetchState.WaitingForRoom;
    return new Report.Source(
        linked,
        fetch.state() instanceof FetchState.CaughtUp,
        fetch.lagMillis() < 0
            ? Optional.empty()
            : Optional.of(HybridClock.millis(fetch.hybridTime()) - fetch.lagMillis()),
        fetch.state() instanceof FetchState.Gone);
  }

  private static List<Report.Problem> problems(FollowingStatus status, FetchState fetch) {
    List<Report.Problem> problems = new ArrayList<>();
    switch (status.state()) {
      case FollowingState.Stopped(String reason) ->
          problems.add(new Report.Problem(Faults.NOT_OPEN, reason));
      case FollowingState.Failed(String reason) ->
          problems.add(new Report.Problem(Faults.NOT_OPEN, reason));
      case FollowingState.Following _, FollowingState.Closing _, FollowingState.Closed _ -> {}
    }
    switch (fetch) {
      case FetchState.Gone(UUID node, long oldest) ->
          problems.add(
              new Report.Problem(
                  Faults.ORPHAN, "the log is kept from LSN %d on".formatted(oldest)));
      case FetchState.Diverged(UUID node, String reason) ->
          problems.add(new Report.Problem(Faults.BRANCH, reason));
      case FetchState.WaitingForRoom(UUID node, String reason) ->
          problems.add(new Report.Problem(Faults.LOG_FULL, reason));
      case FetchState.Paused _, FetchState.NoSource _, FetchState.Stopped _ -> {}
      case FetchState.Connecting _, FetchState.Fetching _, FetchState.CaughtUp _ -> {}
    }
    PrimaryLodger.applying(status.apply()).ifPresent(problems::add);
    return problems;
  }

  @Override
  public Async<Void> close() {
    return lookNoMore().then(done -> replica.close());
  }
}
