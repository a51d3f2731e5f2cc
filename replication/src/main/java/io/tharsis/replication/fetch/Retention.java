package io.tharsis.replication.fetch;

import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Invariant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Keeps at the primary the log that members still have to fetch: nothing above the lowest LSN that
 * any counting member has durable is recycled, however long it is silent. When the log's space does
 * not suffice for that, the slowest member is given up; it counts again once it is found to have
 * come to the newest logfile after all, or is counted anew to be synced. Lives on the log's owner.
 */
public final class Retention {

  /** What a member needs that was given up: nothing is kept for it. */
  public static final long GIVEN_UP = Long.MAX_VALUE;

  /** Told what has to be remembered. Called on the owner of the log. */
  public interface Listener {

    /** What the member needs is kept no more: unless it catches up soon it must be synced anew. */
    void sacrificed(UUID member, long neededLsn);

    /** A member that was given up has caught up and counts again. */
    void readmitted(UUID member, long neededLsn);
  }

  private final ReadableLog log;
  private final Listener listener;
  private final SortedMap<UUID, Long> needed = new TreeMap<>();

  /**
   * Begins in the message in which the log was begun, because recycling goes on in later ones.
   *
   * @param known every member and the lowest LSN it may still need, or {@link #GIVEN_UP}
   */
  public Retention(ReadableLog log, Map<UUID, Long> known, Listener listener) {
    this.log = log;
    this.listener = listener;
    needed.putAll(known);
    apply();
  }

  /**
   * A member counts from now on; the log is kept for it from {@code lsn} on, whatever it needed
   * before.
   */
  public void count(UUID member, long lsn) {
    Invariant.check(lsn >= log.marks().retained(), "kept for a member", lsn, log.marks());
    needed.put(member, lsn);
    apply();
  }

  /** A member counts no more. */
  public void remove(UUID member) {
    needed.remove(member);
    apply();
  }

  /** A member has everything below {@code durableLsn}; less than before changes nothing. */
  public void progressed(UUID member, long durableLsn) {
    Optional<Long> before = neededBy(member);
    if (before.isEmpty()) {
      return;
    }
    if (before.get() == GIVEN_UP) {
      // Not earlier, lest it is given up and taken back with every logfile.
      if (log.shipped().newestBase().filter(base -> durableLsn >= base).isPresent()) {
        count(member, durableLsn);
        listener.readmitted(member, durableLsn);
      }
    } else if (before.get() < durableLsn) {
      needed.put(member, durableLsn);
      apply();
    }
  }

  /** The lowest LSN that a member may still need, or {@link #GIVEN_UP}; empty if it is none. */
  public Optional<Long> neededBy(UUID member) {
    return Optional.ofNullable(needed.get(member));
  }

  /** Every member and what it may still need, or {@link #GIVEN_UP}. */
  public Map<UUID, Long> needed() {
    return new TreeMap<>(needed);
  }

  /** Who is given up next, when space becomes short: the slowest that counts. */
  public Optional<UUID> slowest() {
    return needed.entrySet().stream()
        .filter(entry -> entry.getValue() != GIVEN_UP)
        .min(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey);
  }

  /** The log has no more space, and holds some only for members: the slowest one is given up. */
  public void spaceShort() {
    Optional<UUID> slowest = slowest();
    if (log.heldBytes() > 0 && slowest.isPresent()) {
      long lsn = needed.put(slowest.get(), GIVEN_UP);
      listener.sacrificed(slowest.get(), lsn);
      apply();
    }
  }

  private void apply() {
    log.retainFrom(needed.values().stream().min(Comparator.naturalOrder()).orElse(GIVEN_UP));
  }
}
