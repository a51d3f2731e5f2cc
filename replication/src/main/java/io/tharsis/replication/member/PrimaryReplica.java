package io.tharsis.replication.member;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.volume.ContentStamp;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.sync.SyncSource;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LogMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The replica that is written to: its log is fetched by the others, and kept as long as they need
 * it. Lives on the resource's owner.
 */
public final class PrimaryReplica {

  /** What has to be remembered or told. Called on the resource's owner. */
  public interface Listener {

    /** The log is no longer kept for a member, which must be synced anew unless it hurries. */
    void sacrificed(UUID member, long neededLsn);

    /** A member that was given up has caught up after all, and counts again. */
    void readmitted(UUID member, long neededLsn);

    /**
     * A member has more of our newest epoch than is durable here: one of both has lost something.
     */
    void ahead(UUID member, long lsn);

    /** Watermarks have moved, here or at a member. */
    void progressed();

    /** The log takes nothing any more; the resource must be closed, and perhaps opened again. */
    default void stopped(String reason) {}

    /** See {@link ResourceListener#isWanted}. */
    default boolean isWanted() {
      return true;
    }

    /** What GOOD promises from the beginning; asked once, before anything is answered. */
    default ReplicationMode mode() {
      return new ReplicationMode.Async();
    }

    /** What GOOD promises is not kept any more, or is again. */
    default void promiseChanged() {}
  }

  /**
   * How far a member is, as it said itself.
   *
   * @param durableLsn everything below is in its log
   * @param checkpointLsn everything below is on its disks
   * @param consistent whether its disks with its log are one moment of the resource's life
   */
  public record MemberProgress(long durableLsn, long checkpointLsn, boolean consistent) {}

  private final LoggedResource resource;
  private final ReplicaSetting setting;
  private final ReplicaSeams seams;
  private final Retention retention;
  private final Counter counter;
  private final Listener listener;
  private final Map<UUID, MemberProgress> members = new TreeMap<>();
  private final Promise promise;

  /** Hears the resource before there is a replica; retention begins when the log does. */
  private static final class Ear implements ResourceListener {
    private final Map<UUID, Long> needed;
    private final Listener listener;
    private Optional<Retention> retention = Optional.empty();
    private Optional<PrimaryReplica> replica = Optional.empty();

    Ear(Map<UUID, Long> needed, Listener listener) {
      this.needed = needed;
      this.listener = listener;
    }

    @Override
    public void begun(ReadableLog log) {
      retention =
          Optional.of(
              new Retention(
                  log,
                  needed,
                  new Retention.Listener() {
                    @Override
                    public void sacrificed(UUID member, long neededLsn) {
                      listener.sacrificed(member, neededLsn);
                    }

                    @Override
                    public void readmitted(UUID member, long neededLsn) {
                      listener.readmitted(member, neededLsn);
                    }
                  }));
    }

    @Override
    public void progressed() {
      replica.ifPresent(PrimaryReplica::progressed);
    }

    @Override
    public boolean mayAnswer(long lsn) {
      return replica.isEmpty() || replica.get().promise.mayAnswer(lsn);
    }

    @Override
    public void spaceShort() {
      retention.ifPresent(Retention::spaceShort);
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

  private PrimaryReplica(
      LoggedResource resource,
      Retention retention,
      ReplicaSetting setting,
      ReplicaSeams seams,
      Listener listener) {
    this.resource = resource;
    this.setting = setting;
    this.seams = seams;
    this.retention = retention;
    this.listener = listener;
    this.counter = new Counter(new Contents(resource), setting, seams, new Customers());
    this.promise = new Promise(seams.home().clock(), new PromiseSite());
  }

  /**
   * Opens the resource for writing, creating it if there is none.
   *
   * @param needed every member, and the lowest LSN it may still need, as {@link #needed} gave it;
   *     what is too low does no harm
   * @param succession how it came to be written here, if another member wrote it before
   */
  public static Async<PrimaryReplica> open(
      ReplicaSetting setting,
      ReplicaSeams seams,
      Map<UUID, Long> needed,
      Optional<Succession> succession,
      Listener listener) {
    Ear ear = new Ear(needed, listener);
    return LoggedResource.open(setting.resource(), seams.local(), ear, succession)
        .map(resource -> made(ear, resource, setting, seams, listener));
  }

  private static PrimaryReplica made(
      Ear ear,
      LoggedResource resource,
      ReplicaSetting setting,
      ReplicaSeams seams,
      Listener listener) {
    PrimaryReplica replica =
        new PrimaryReplica(resource, ear.retention.orElseThrow(), setting, seams, listener);
    ear.replica = Optional.of(replica);
    replica.promise.set(listener.mode());
    return replica;
  }

  /** The same of one that has followed, in place. */
  static Async<PrimaryReplica> takeOver(
      FollowingResource before,
      Succession succession,
      Map<UUID, Long> needed,
      Listener listener,
      ReplicaSetting setting,
      ReplicaSeams seams) {
    Ear ear = new Ear(needed, listener);
    return before
        .takeOver(succession, ear)
        .map(resource -> made(ear, resource, setting, seams, listener));
  }

  /**
   * Goes on as a secondary, in place, after the resource has ceded; this one has ended then. If
   * that fails it must be closed, and opened again.
   */
  public Async<SecondaryReplica> stepDown(
      SecondaryReplica.Sources sources, SecondaryReplica.Listener heard) {
    promise.close();
    return counter
        .close()
        .then(done -> SecondaryReplica.from(resource, setting, seams, sources, heard));
  }

  private record Contents(LoggedResource resource) implements SyncSource.Replica {
    @Override
    public ReadableLog log() {
      return resource.readableLog();
    }

    @Override
    public Optional<Long> volumeBytes(int volume) {
      return volume < resource.volumeCount()
          ? Optional.of(resource.volume(volume).sizeBytes())
          : Optional.empty();
    }

    @Override
    public Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into) {
      return resource.readStamped(volume, offset, into);
    }
  }

  private final class Customers implements Counter.Listener {
    @Override
    public void progressed(UUID member, LogMessage.Progress said) {
      if (retention.neededBy(member).isPresent()) {
        members.put(
            member, new MemberProgress(said.durableLsn(), said.checkpointLsn(), said.consistent()));
        retention.progressed(member, said.durableLsn());
        promise.moved();
        listener.progressed();
      }
    }

    /** Who begins anew for that gets log from behind it. */
    @Override
    public void damaged(long lsn) {
      if (resource.readableLog().shipped().newestBase().orElse(0L) <= lsn) {
        resource.rotate().observe(done -> {}, cause -> {});
      }
    }

    @Override
    public void linksChanged() {
      promise.moved();
    }

    @Override
    public void ahead(UUID member, long lsn) {
      listener.ahead(member, lsn);
    }
  }

  private final class PromiseSite implements Promise.Site {
    @Override
    public long durableLsn() {
      return resource.readableLog().marks().durable();
    }

    @Override
    public List<Promise.Member> members() {
      List<Promise.Member> counting = new ArrayList<>();
      members.forEach((member, progress) -> {
        boolean isKept =
            retention.neededBy(member).filter(lsn -> lsn != Retention.GIVEN_UP).isPresent();
        if (isKept && progress.consistent()) {
          counting.add(new Promise.Member(progress.durableLsn(), counter.isLinked(member)));
        }
      });
      return counting;
    }

    @Override
    public void answer(long lsn) {
      resource.answers().upTo(lsn);
    }

    @Override
    public void answerWaitingSince(long nanos) {
      resource.answers().waitingSince(nanos);
    }

    @Override
    public OptionalLong oldestNanos() {
      return resource.answers().oldestNanos();
    }

    @Override
    public void interrupt() {
      resource.answers().interrupt();
    }

    @Override
    public Async<Long> mark(PromiseMark mark) {
      return resource.mark(mark.encode());
    }

    @Override
    public void changed() {
      resource.answers().degraded(promise.standing().state() == PromiseStanding.State.DEGRADED);
      listener.promiseChanged();
    }
  }

  /** What GOOD promises from now on; the same again changes nothing. */
  public void promise(ReplicationMode mode) {
    promise.set(mode);
  }

  /** What GOOD promises, and whether that is kept. */
  public PromiseStanding promised() {
    return promise.standing();
  }

  /** The directory of its log. */
  public Store store() {
    return seams.local().store();
  }

  /** The resource itself: its volumes are what initiators write to. */
  public LoggedResource resource() {
    return resource;
  }

  /**
   * Counts a member from now on, as soon as there is log; idempotent.
   *
   * @return where its log begins, if it has none yet: what follows is kept for it
   */
  public Optional<Long> admit(UUID member) {
    Optional<Long> base = resource.readableLog().shipped().newestBase();
    if (retention.neededBy(member).isEmpty()) {
      base.ifPresent(lsn -> retention.count(member, lsn));
    }
    return base;
  }

  /**
   * Counts a member whose log and disks are to be begun anew: what it said before counts no more.
   * This replica is consistent, so the member's need not be kept for that.
   *
   * @return where its log begins now
   */
  public Optional<Long> admitAnew(UUID member) {
    dismiss(member);
    return admit(member);
  }

  /**
   * What a member misses whose log cannot be continued: what has changed between its checkpoint and
   * where its log is to begin. Empty where that cannot be told: the member's log is no part of this
   * one, or the summaries do not reach back so far.
   *
   * @param baseLsn where its log is to begin
   */
  public Async<Optional<Delta>> delta(SecondaryReplica.Standing standing, long baseLsn) {
    return isPartOfOurs(standing)
        ? resource.readableLog().changed(standing.checkpointLsn(), baseLsn)
        : Async.of(Optional.empty());
  }

  private boolean isPartOfOurs(SecondaryReplica.Standing standing) {
    List<Epoch> epochs = resource.readableLog().lineage().epochs();
    for (int i = 0; i < epochs.size(); i++) {
      if (epochs.get(i).id().equals(standing.epochId())) {
        long end =
            i + 1 < epochs.size()
                ? epochs.get(i + 1).parent().forkLsn()
                : resource.readableLog().marks().durable();
        return standing.durableLsn() <= end;
      }
    }
    return false;
  }

  /** Keeps nothing for a member any more. */
  public void dismiss(UUID member) {
    // What is still on its way from there must not count when the member is admitted again.
    counter.forget(member);
    retention.remove(member);
    members.remove(member);
  }

  /** Every member and the lowest LSN it may still need, or {@link Retention#GIVEN_UP}. */
  public Map<UUID, Long> needed() {
    return retention.needed();
  }

  /**
   * The member that would be given up now, if the log has hardly any space that it holds none of.
   */
  public Optional<UUID> endangered() {
    ReadableLog log = resource.readableLog();
    long free = log.limits().maxLogBytes() - log.usedBytes();
    return log.heldBytes() > 0 && free < log.limits().lowSpaceBytes()
        ? retention.slowest()
        : Optional.empty();
  }

  /** What members have said of themselves since the replica was opened. */
  public Map<UUID, MemberProgress> members() {
    return new TreeMap<>(members);
  }

  /** Decides about a link that another node opens about this resource. */
  public Acceptance accept(Hello.Purpose purpose) {
    return counter.accept(purpose);
  }

  private void progressed() {
    counter.durableMoved();
    promise.moved();
    listener.progressed();
  }

  /** Finishes what is in flight and closes the resource. */
  public Async<Void> close() {
    promise.close();
    return counter.close().then(done -> resource.close());
  }
}
