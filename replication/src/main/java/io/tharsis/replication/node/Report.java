package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.member.SecondaryReplica.Standing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How an open replica is doing, at one moment. A value: made on the replica's owner, read on the
 * node's.
 *
 * @param serving whether initiators can use it
 * @param lineage the epochs of its log
 * @param sizeBytes of the volume
 * @param marks how far it has come: the copy that counts, if a newer one is staged
 * @param sync what its disk misses
 * @param source what it knows of where it fetches from; at a primary, of itself
 * @param rates how fast it is
 * @param faults what is wrong
 * @param standing of a secondary: how far it has come, for whoever is to tell what it misses
 * @param needed at a primary: from where on each other member may still need the log
 * @param branches what it has that another side of a split has not, and what is kept of such
 */
record Report(
    boolean serving,
    Lineage lineage,
    long sizeBytes,
    Marks marks,
    Sync sync,
    Source source,
    Rates rates,
    List<Problem> faults,
    Optional<Standing> standing,
    Map<UUID, Long> needed,
    BranchTelling branches) {

  /** Positions in the log. */
  record Marks(long retained, long checkpoint, long durable) {
    static Marks of(ResourceStatus.Marks all) {
      return new Marks(all.retained(), all.checkpoint(), all.durable());
    }
  }

  /**
   * What the disk misses.
   *
   * @param consistent whether the disk with its log is one moment of the primary's life
   * @param restBytes still to be looked at
   * @param newestLsn the checkpoint must reach it
   * @param stage what is staged; empty if nothing is
   */
  record Sync(boolean consistent, long restBytes, long newestLsn, Optional<Stage> stage) {
    /** Whether nothing of it is left to be done. */
    boolean isEnded() {
      return consistent && restBytes == 0 && stage.isEmpty();
    }
  }

  /**
   * What a consistent replica has got beside that it is to become.
   *
   * @param stuck why it cannot be brought to its end beside; empty if it can
   * @param epoch the newest one in the log of the copy that counts
   * @param log how far the log is that comes beside that one's; its checkpoint is where it began
   */
  record Stage(Optional<String> stuck, EpochRef epoch, Marks log) {}

  /**
   * What is known of the primary's time.
   *
   * @param linked whether log can be fetched now
   * @param caughtUp whether there is none to be fetched
   * @param contentMillis the moment that the disk shows; empty if it is not known
   * @param gone whether what comes next is kept nowhere any more
   */
  record Source(boolean linked, boolean caughtUp, Optional<Long> contentMillis, boolean gone) {}

  /** Bytes per second. */
  record Rates(long sync, long fetch, long replay, long write) {
    static final Rates NONE = new Rates(0, 0, 0, 0);
  }

  /** Something that is wrong; the code is one of {@link Faults}. */
  record Problem(String code, String words) {}

  /** Of a sane size. */
  Report {
    faults = List.copyOf(faults);
    needed = Collections.unmodifiableMap(new TreeMap<>(needed));
  }

  /** The same with one thing more that is wrong, or in other words. */
  Report with(Problem one) {
    List<Problem> all = new ArrayList<>(faults);
    all.removeIf(other -> other.code().equals(one.code()));
    all.add(one);
    return new Report(
        serving, lineage, sizeBytes, marks, sync, source, rates, all, standing, needed, branches);
  }

  /** The same with what was seen of branches. */
  Report with(BranchTelling seen) {
    return new Report(
        serving, lineage, sizeBytes, marks, sync, source, rates, faults, standing, needed, seen);
  }

  /** The epochs of its log, oldest first, as the directory knows them. */
  List<EpochRef> epochs() {
    return lineage.epochs().stream().map(Report::reference).toList();
  }

  private static EpochRef reference(Epoch epoch) {
    return new EpochRef(epoch.number(), epoch.id());
  }

  /** The newest one in the log of the copy that counts. */
  EpochRef epoch() {
    if (sync.stage().isPresent()) {
      return sync.stage().get().epoch();
    }
    return lineage.newest().map(Report::reference).orElse(Faults.NO_EPOCH);
  }
}
