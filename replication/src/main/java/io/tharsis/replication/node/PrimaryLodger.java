package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceState;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.member.PrimaryReplica;
import io.tharsis.replication.member.PromiseStanding;
import io.tharsis.replication.member.ReplicaSeams;
import io.tharsis.replication.member.ReplicaSetting;
import io.tharsis.replication.member.SecondaryReplica;
import io.tharsis.replication.member.SecondaryReplica.Standing;
import io.tharsis.replication.node.HandoverInquiry.Frozen;
import io.tharsis.replication.remote.Front;
import io.tharsis.replication.remote.VolumeService;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The replica that initiators write to. */
final class PrimaryLodger implements Lodger {

  private final Place place;
  private final PrimaryReplica replica;
  private final DiskDigests digests;
  private final Pace writing = new Pace();
  private final Pace replaying = new Pace();
  private final SortedMap<UUID, String> ahead = new TreeMap<>();
  private final VolumeService service;
  private final Surveyor surveyor;
  private final BranchShelf branches;

  /** What the replica tells before there is a lodger. */
  private static final class Ear implements PrimaryReplica.Listener {
    private final Listener listener;
    private Optional<PrimaryLodger> lodger = Optional.empty();

    Ear(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void sacrificed(UUID member, long neededLsn) {
      listener.changed();
    }

    @Override
    public void readmitted(UUID member, long neededLsn) {
      listener.changed();
    }

    @Override
    public void ahead(UUID member, long lsn) {
      lodger.ifPresent(it ->
          it.ahead.put(
              member, "member %s has log up to LSN %d, beyond ours".formatted(member, lsn)));
      listener.changed();
    }

    @Override
    public void progressed() {}

    @Override
    public ReplicationMode mode() {
      return listener.mode();
    }

    @Override
    public void promiseChanged() {
      listener.changed();
    }

    @Override
    public void stopped(String reason) {
      listener.stopped(reason);
    }

    @Override
    public boolean isWanted() {
      return listener.isWanted();
    }
  }

  private PrimaryLodger(Place place, PrimaryReplica replica) {
    this.place = place;
    this.replica = replica;
    this.digests = new DiskDigests(new Subject(), place.clock());
    this.branches = new BranchShelf(replica.store(), place.clock());
    this.surveyor = new Surveyor(() -> logged().readableLog());
    this.service =
        VolumeService.over(
            replica.resource(), new LinkHome(place.owner(), place.clock()), place.entropy());
    place.writing(Optional.of(replica.resource()));
  }

  private final class Subject implements DiskDigests.Subject {
    @Override
    public Async<Long> stand() {
      return logged().stand();
    }

    @Override
    public Async<Long> standAt(long lsn) {
      return logged().standAt(lsn);
    }

    @Override
    public void goOn() {
      logged().goOn();
    }

    @Override
    public Async<Void> read(long offset, ByteBuffer into) {
      return logged().readDisk(0, offset, into);
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
  public Async<Long> mark() {
    return logged().mark();
  }

  @Override
  public Async<Boolean> rotate() {
    return logged().rotate();
  }

  @Override
  public Async<Void> prepareSize(long sizeBytes) {
    return logged().prepareSize(0, sizeBytes);
  }

  @Override
  public Async<Void> resize(long sizeBytes) {
    return logged().resize(0, sizeBytes);
  }

  @Override
  public Async<LogSpace> giveBack() {
    return LogSpace.giveBack(logged().readableLog());
  }

  /** Opens it, creating the log if there is none. */
  static Async<Lodger> open(
      Place place, ReplicaSetting setting, ReplicaSeams seams, Deed deed, Listener listener) {
    Ear ear = new Ear(listener);
    return PrimaryReplica.open(setting, seams, deed.needed(), deed.succession(), ear)
        .map(replica -> {
          PrimaryLodger lodger = new PrimaryLodger(place, replica);
          ear.lodger = Optional.of(lodger);
          return lodger;
        });
  }

  /** The same out of a replica that has followed, in place. */
  static Async<Lodger> from(
      Place place,
      SecondaryReplica before,
      Succession succession,
      Map<UUID, Long> needed,
      Listener listener) {
    Ear ear = new Ear(listener);
    return before
        .takeOver(succession, needed, ear)
        .map(replica -> {
          PrimaryLodger lodger = new PrimaryLodger(place, replica);
          ear.lodger = Optional.of(lodger);
          return lodger;
        });
  }

  PrimaryReplica replica() {
    return replica;
  }

  @Override
  public boolean isPrimary() {
    return true;
  }

  @Override
  public Async<Lodger> turn(Deed deed, Listener listener) {
    place.writing(Optional.empty());
    return service
        .close()
        .then(done -> lookNoMore())
        .then(done -> logged().cede())
        .then(done -> SecondaryLodger.from(place, replica, listener));
  }

  @Override
  public Async<Frozen> freeze() {
    EpochRef epoch = new EpochRef(logged().epoch().number(), logged().epoch().id());
    return logged().freeze().map(frozen -> new Frozen(frozen.endLsn(), epoch));
  }

  @Override
  public void thaw() {
    logged().thaw();
  }

  @Override
  public Async<Void> cede() {
    return logged()
        .freeze()
        .then(frozen -> {
          Async<Void> ceded = logged().cede();
          service.moved();
          ceded.observe(done -> {}, cause -> {});
          return Async.done();
        });
  }

  @Override
  public void promise(ReplicationMode mode) {
    replica.promise(mode);
  }

  @Override
  public void serve(Front front) {
    service.beside(front);
    front.serve(logged(), service::reset);
  }

  private LoggedResource logged() {
    return replica.resource();
  }

  private Clock clock() {
    return place.clock();
  }

  @Override
  public UUID resource() {
    return logged().id();
  }

  @Override
  public long sizeBytes() {
    return logged().volume(0).sizeBytes();
  }

  @Override
  public Optional<Long> admit(UUID member, boolean anew) {
    if (anew) {
      ahead.remove(member);
    }
    return anew ? replica.admitAnew(member) : replica.admit(member);
  }

  @Override
  public Async<Optional<Delta>> delta(Standing standing, long baseLsn) {
    return replica.delta(standing, baseLsn);
  }

  @Override
  public void dismiss(UUID member) {
    ahead.remove(member);
    replica.dismiss(member);
  }

  @Override
  public Acceptance accept(Hello.Purpose purpose) {
    return purpose.linkClass() == LinkClass.VOLUME
        ? service.accept(purpose)
        : replica.accept(purpose);
  }

  @Override
  public Report report() {
    ResourceStatus status = logged().status();
    long now = clock().monotonicNanos();
    boolean serving = status.state() instanceof ResourceState.Serving;
    return new Report(
        serving,
        logged().readableLog().lineage(),
        sizeBytes(),
        Report.Marks.of(status.watermarks()),
        new Report.Sync(true, 0, 0, Optional.empty()),
        new Report.Source(serving, true, Optional.of(clock().wallMillis()), false),
        new Report.Rates(
            0,
            0,
            replaying.at(status.traffic().appliedBytes(), now),
            writing.at(status.traffic().appendedBytes(), now)),
        problems(status),
        Optional.empty(),
        replica.needed(),
        BranchTelling.NONE);
  }

  private List<Report.Problem> problems(ResourceStatus status) {
    List<Report.Problem> problems = new ArrayList<>();
    switch (status.state()) {
      case ResourceState.Stopped(String reason) ->
          problems.add(new Report.Problem(Faults.NOT_OPEN, reason));
      case ResourceState.Failed(String reason) ->
          problems.add(new Report.Problem(Faults.NOT_OPEN, reason));
      case ResourceState.Opening(), ResourceState.Serving() -> {}
      case ResourceState.Ceded(), ResourceState.Closing(), ResourceState.Closed() -> {}
    }
    ahead.values().forEach(words -> problems.add(new Report.Problem(Faults.SUSPECT, words)));
    unkept(replica.promised()).ifPresent(problems::add);
    applying(status.apply()).ifPresent(problems::add);
    status
        .space()
        .shortage()
        .ifPresent(words -> problems.add(new Report.Problem(Faults.LOG_FULL, words)));
    return problems;
  }

  /** What GOOD promises and is not so, or is not said because of that. */
  private static Optional<Report.Problem> unkept(PromiseStanding promised) {
    if (promised.sinceMillis().isEmpty()) {
      return Optional.empty();
    }
    Instant since = Instant.ofEpochMilli(promised.sinceMillis().getAsLong());
    String mode = promised.mode().word();
    return switch (promised.state()) {
      case DEGRADED ->
          Optional.of(
              new Report.Problem(
                  Faults.DEGRADED,
                  "degraded since %s: writes are answered as in async, not as in %s"
                      .formatted(since, mode)));
      case STALLED ->
          Optional.of(
              new Report.Problem(
                  Faults.STALLED,
                  "stalled since %s: writes wait for members, as %s says".formatted(since, mode)));
      case NONE, KEPT -> Optional.empty();
    };
  }

  /** What is wrong with a replay. */
  static Optional<Report.Problem> applying(ApplyState state) {
    return switch (state) {
      case ApplyState.PausedNoSpace(String reason) ->
          Optional.of(new Report.Problem(Faults.DISK_ERROR, reason));
      case ApplyState.Retrying(String reason) ->
          Optional.of(new Report.Problem(Faults.DISK_ERROR, reason));
      case ApplyState.Stopped(String reason) ->
          Optional.of(new Report.Problem(Faults.LOG_DAMAGED, reason));
      case ApplyState.DiskTooSmall(String reason) ->
          Optional.of(new Report.Problem(Faults.DISK_ERROR, "the volume has grown; " + reason));
      case ApplyState.Idle(), ApplyState.Running(), ApplyState.Paused() -> Optional.empty();
      case ApplyState.DiskGrowing() -> Optional.empty();
    };
  }

  @Override
  public Async<Void> close() {
    place.writing(Optional.empty());
    return service.close().then(done -> lookNoMore()).then(done -> replica.close());
  }
}
