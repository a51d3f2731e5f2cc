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
 * any counting member has durable is recycled. When the log's space does not suffice for that, the
 * slowest member is given up, and counts again once it has been synced anew. Lives on the log's
 * owner.
 */
public final class Retention {

  /** Told what has to be remembered. Called on the owner of the log. */
  public interface Listener {

    /** What the member needs is kept no more: its dirty map takes over. */
    void sacrificed(UUID member, long neededLsn);
  }

  private final ReadableLog log;
  private final Listener listener;
  private final SortedMap<UUID, Long> needed = new TreeMap<>();

  /**
   * Begins in the message in which the log was begun, because recycling goes on in later ones.
   *
   * @param known every counting member and the lowest LSN it may still need
   */
  public Retention(ReadableLog log, Map<UUID, Long> known, Listener listener) {
    this.log = log;
    this.listener = listener;
    needed.putAll(known);
    apply();
  }

  /** A member counts from now on; the log is kept for it from {@code lsn} on. */
  public void add(UUID member, long lsn) {
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
    Long before = needed.get(member);
    if (before != null && before < durableLsn) {
      needed.put(member, durableLsn);
      apply();
    }
  }

  /** The lowest LSN that a member may still need; empty if it does not count. */
  public Optional<Long> neededBy(UUID member) {
    return Optional.ofNullable(needed.get(member));
  }

  /** Every counting member and what it may still need. */
  public Map<UUID, Long> needed() {
    return new TreeMap<>(needed);
  }

  /** The log has no more space, and holds some only for members: the slowest one is given up. */
  public void spaceShort() {
    if (log.heldBytes() == 0) {
      return;
    }
    Optional<Map.Entry<UUID, Long>> slowest =
        needed.entrySet().stream().min(Comparator.comparing(Map.Entry::getValue));
    slowest.ifPresent(entry -> {
      needed.remove(entry.getKey());
      listener.sacrificed(entry.getKey(), entry.getValue());
      apply();
    });
  }

  private void apply() {
    log.retainFrom(needed.values().stream().min(Comparator.naturalOrder()).orElse(Long.MAX_VALUE));
  }
}
