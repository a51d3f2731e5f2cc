package io.tharsis.replication.member;

import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.volume.ContentStamp;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.fetch.FetchStatus;
import io.tharsis.replication.fetch.Fetcher;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.sync.SyncPuller;
import io.tharsis.replication.sync.SyncSource;
import io.tharsis.replication.sync.SyncStatus;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LogMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A replica that follows: it fetches the log, replays it, syncs what it misses, and serves other
 * members in turn. Lives on the resource's owner.
 */
public final class SecondaryReplica {

  /** Told on the resource's owner that something about the replica has changed. */
  public interface Listener {
    /** Watermarks, dirty regions or states have changed. */
    void progressed();

    /** The log takes nothing any more until the replica is closed and opened again. */
    default void stopped(String reason) {}

    /** See {@link ResourceListener#isWanted}. */
    default boolean isWanted() {
      return true;
    }

    /** See {@link ResourceListener#replays}. */
    default boolean replays() {
      return true;
    }

    /** See {@link ResourceListener#flipping}. */
    default Async<Void> flipping() {
      return Async.done();
    }
  }

  /**
   * Who may be asked, best first; asked again whenever a source is chosen.
   *
   * @param log for log
   * @param sync for chunks: consistent replicas only
   * @param led whether the first one for log is the primary
   */
  public record Sources(
      Supplier<List<FetchSource>> log, Supplier<List<FetchSource>> sync, BooleanSupplier led) {}

  /**
   * What the replica may do.
   *
   * @param fetch get log
   * @param replay put it on the disks
   * @param sync copy what is dirty
   */
  public record Permissions(boolean fetch, boolean replay, boolean sync) {

    /** Everything. */
    public static final Permissions ALL = new Permissions(true, true, true);
  }

  /**
   * How a replica begins anew.
   *
   * @param start where its log begins
   * @param delta what has changed since its checkpoint, if that is known; otherwise all is looked
   *     at
   */
  public record Rejoin(LogStart start, Optional<Delta> delta) {}

  /**
   * How far a replica has come, for whoever is to tell what it misses.
   *
   * @param checkpointLsn everything below is on its disks
   * @param durableLsn everything below is in its log
   * @param epochId of the newest logfile in it
   */
  public record Standing(long checkpointLsn, long durableLsn, UUID epochId) {}

  private final FollowingResource resource;
  private final ReplicaSetting setting;
  private final ReplicaSeams seams;
  private final Fetcher fetcher;
  private final SyncPuller puller;
  private final Counter counter;
  private final Listener listener;

  /** Hears the resource before there is a replica. */
  private static final class Ear implements ResourceListener {
    private final Listener listener;
    private Optional<SecondaryReplica> replica = Optional.empty();

    Ear(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void progressed() {
      replica.ifPresent(SecondaryReplica::progressed);
    }

    @Override
    public void stopped(String reason) {
      listener.stopped(reason);
    }

    /** What a primary kept for members is kept as long as there is room for it. */
    @Override
    public void spaceShort() {
      replica.ifPresent(it -> it.resource.log().retainFrom(Retention.GIVEN_UP));
    }

    @Override
    public boolean isWanted() {
      return listener.isWanted();
    }

    @Override
    public boolean replays() {
      return listener.replays();
    }

    @Override
    public Async<Void> flipping() {
      return listener.flipping();
    }
  }

  private SecondaryReplica(
      FollowingResource resource,
      ReplicaSetting setting,
      ReplicaSeams seams,
      Sources sources,
      Listener listener) {
    this.resource = resource;
    this.setting = setting;
    this.seams = seams;
    this.listener = listener;
    this.fetcher =
        new Fetcher(
            new Fetcher.Intake(
                resource.log(),
                () -> resource.status().space().isFull(),
                () -> resource.staged().isEmpty() && resource.isConsistent()),
            seams.surroundings(),
            setting.fetch(),
            sources.log(),
            sources.led());
    this.puller = new SyncPuller(resource, seams.surroundings(), setting.sync(), sources.sync());
    this.counter = new Counter(new Contents(resource), setting, seams, new Customers());
  }

  /** Opens a replica that is there. It does nothing before it is {@link #permit permitted} to. */
  public static Async<SecondaryReplica> open(
      ReplicaSetting setting, ReplicaSeams seams, Sources sources, Listener listener) {
    Ear ear = new Ear(listener);
    return FollowingResource.open(setting.resource(), seams.local(), ear)
        .map(resource -> made(ear, resource, setting, seams, sources, listener));
  }

  /**
   * Opens a replica whose log goes beyond a fork, without what is beyond; see {@link
   * FollowingResource#openRewound}.
   */
  public static Async<SecondaryReplica> openRewound(
      ReplicaSetting setting, Fork fork, ReplicaSeams seams, Sources sources, Listener listener) {
    Ear ear = new Ear(listener);
    return FollowingResource.openRewound(setting.resource(), seams.local(), fork, ear)
        .map(resource -> made(ear, resource, setting, seams, sources, listener));
  }

  /** Makes a replica whose log begins at {@code start} and whose disks miss everything. */
  public static Async<SecondaryReplica> join(
      ReplicaSetting setting,
      LogStart start,
      ReplicaSeams seams,
      Sources sources,
      Listener listener) {
    Ear ear = new Ear(listener);
    return FollowingResource.join(setting.resource(), start, seams.local(), ear)
        .map(resource -> made(ear, resource, setting, seams, sources, listener));
  }

  /**
   * Makes the replica anew at {@code start}, whatever it was, in place: it says that it is not
   * consistent until its disks have been synced. What they hold already need not be sent again. To
   * be repeated until it has succeeded once.
   *
   * <p>Only while another member is consistent, or by an operator's word: what was consistent here
   * is no more from the first moment on.
   */
  public static Async<SecondaryReplica> rejoin(
      ReplicaSetting setting, Rejoin anew, ReplicaSeams seams, Sources sources, Listener listener) {
    Ear ear = new Ear(listener);
    return FollowingResource.rejoin(
            setting.resource(), anew.start(), anew.delta(), seams.local(), ear)
        .map(resource -> made(ear, resource, setting, seams, sources, listener));
  }

  /**
   * The same beside what the replica is, which must be consistent: it stays so, at its old moment,
   * until all that it misses is here. Then it stops, and is opened again to put that on its disks.
   * Fails with {@link io.tharsis.logfiles.seam.NoSpaceException} where there is no room for it.
   */
  public static Async<SecondaryReplica> beginBeside(
      ReplicaSetting setting, Rejoin anew, ReplicaSeams seams, Sources sources, Listener listener) {
    Ear ear = new Ear(listener);
    return FollowingResource.beginBeside(
            setting.resource(), anew.start(), anew.delta(), seams.local(), ear)
        .map(resource -> made(ear, resource, setting, seams, sources, listener));
  }

  private static SecondaryReplica made(
      Ear ear,
      FollowingResource resource,
      ReplicaSetting setting,
      ReplicaSeams seams,
      Sources sources,
      Listener listener) {
    SecondaryReplica replica = new SecondaryReplica(resource, setting, seams, sources, listener);
    ear.replica = Optional.of(replica);
    return replica;
  }

  private record Contents(FollowingResource resource) implements SyncSource.Replica {
    @Override
    public ReadableLog log() {
      return resource.log();
    }

    @Override
    public Optional<Long> volumeBytes(int volume) {
      return volume < resource.volumeCount()
          ? Optional.of(resource.volumeBytes(volume))
          : Optional.empty();
    }

    @Override
    public Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into) {
      return resource.readStamped(volume, offset, into);
    }
  }

  /** Nothing is kept here for others: that is the primary's business. */
  private static final class Customers implements Counter.Listener {
    @Override
    public void progressed(UUID member, LogMessage.Progress progress) {}

    @Override
    public void ahead(UUID member, long lsn) {}
  }

  /** The directory of its log. */
  public Store store() {
    return seams.local().store();
  }

  /** The resource itself. */
  public FollowingResource resource() {
    return resource;
  }

  /** How far it has come; empty as long as its log has nothing. */
  public Optional<Standing> standing() {
    return resource
        .staged()
        .filter(staged -> !staged.flipping())
        .map(staged ->
            Optional.of(
                new Standing(staged.checkpointLsn(), staged.durableLsn(), staged.epochId())))
        .orElseGet(this::ownStanding);
  }

  private Optional<Standing> ownStanding() {
    Position next = resource.log().next();
    return next.epochId().equals(Position.NOTHING)
        ? Optional.empty()
        : Optional.of(
            new Standing(
                resource.log().marks().checkpoint(),
                resource.log().marks().durable(),
                next.epochId()));
  }

  /** Switches fetching, replay and sync. Idempotent. */
  public void permit(Permissions may) {
    if (may.fetch()) {
      fetcher.resume();
    } else {
      fetcher.pause();
    }
    if (may.replay()) {
      resource.resumeReplay();
    } else {
      resource.pauseReplay();
    }
    if (may.sync()) {
      puller.resume();
    } else {
      puller.pause();
    }
  }

  /** Other members may be asked than before, or in another order. */
  public void sourcesChanged() {
    fetcher.sourcesChanged();
    puller.sourcesChanged();
  }

  /** How fetching is doing. */
  public FetchStatus fetching() {
    return fetcher.status();
  }

  /** How the sync is doing. */
  public SyncStatus syncing() {
    return puller.status();
  }

  /** Decides about a link that another node opens about this resource. */
  public Acceptance accept(Hello.Purpose purpose) {
    return counter.accept(purpose);
  }

  private void progressed() {
    fetcher.progressed();
    puller.progressed();
    counter.durableMoved();
    listener.progressed();
  }

  /**
   * Goes on as the one that is written to, in place; this one has ended then. If that fails it must
   * be closed, and opened again.
   *
   * @param needed as for {@link PrimaryReplica#open}
   */
  public Async<PrimaryReplica> takeOver(
      Succession succession, Map<UUID, Long> needed, PrimaryReplica.Listener heard) {
    return endLinks()
        .then(done -> PrimaryReplica.takeOver(resource, succession, needed, heard, setting, seams));
  }

  /** The same of one that was the primary's own, and has ceded. */
  static Async<SecondaryReplica> from(
      LoggedResource before,
      ReplicaSetting setting,
      ReplicaSeams seams,
      Sources sources,
      Listener listener) {
    Ear ear = new Ear(listener);
    return before
        .stepDown(ear)
        .map(resource -> made(ear, resource, setting, seams, sources, listener));
  }

  /**
   * Keeps log for other members, as long as there is room for it: a former primary does that which
   * has kept it before, because the next one may have no log from there on.
   *
   * @param lsn where what they need begins, {@link Retention#GIVEN_UP} if nothing is needed
   */
  public void keepFrom(long lsn) {
    resource.log().retainFrom(lsn);
  }

  private Async<Void> endLinks() {
    fetcher.close();
    return puller.close().then(done -> counter.close());
  }

  /** Ends all links, finishes what is under way, and closes the resource. */
  public Async<Void> close() {
    return endLinks().then(done -> resource.close());
  }
}
