package io.tharsis.it.initiator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * What a test knows about its stamped writes: when each was issued and whether, and when, it was
 * acknowledged. After a crash it judges what the blocks hold. Owned by the thread that writes.
 *
 * <p>Three rules, for writes that are blocks of one size and may be in flight together:
 *
 * <ul>
 *   <li>durability: a write that had to be stable (acknowledged where GOOD promises that;
 *       acknowledged before the issue of a SYNCHRONIZE CACHE that was acknowledged) is there, or
 *       one that may have come later;
 *   <li>prefix: where any write survived, every write acknowledged before that one was issued
 *       survived as well;
 *   <li>atomicity: a write that is there in some of its blocks is there, or overwritten, in all of
 *       them.
 * </ul>
 *
 * <p>"May have come later" is what the initiator can see: not acknowledged before the other was
 * issued.
 */
public final class WriteLedger {

  /** Whether GOOD for a write promises that it survives a crash. */
  public enum Promise {
    STABLE_WHEN_GOOD,
    STABLE_WHEN_FLUSHED
  }

  private static final long NEVER = Long.MAX_VALUE;
  private static final long NOTHING = 0;

  private final long volume;
  private final Promise promise;
  private final Map<Long, Long> settled = new TreeMap<>();
  private final Map<Long, Write> writes = new TreeMap<>();
  private final Map<Long, List<Write>> byBlock = new TreeMap<>();
  private long clock;
  private long lastSequence;
  private long stableBefore;

  private static final class Write {
    private final long sequence;
    private final long lba;
    private final int blocks;
    private final long issuedAt;
    private long acknowledgedAt = NEVER;
    private boolean mustSurvive;

    private Write(long sequence, long lba, int blocks, long issuedAt) {
      this.sequence = sequence;
      this.lba = lba;
      this.blocks = blocks;
      this.issuedAt = issuedAt;
    }

    private boolean mayFollow(Write other) {
      return sequence == other.sequence || acknowledgedAt > other.issuedAt;
    }

    @Override
    public String toString() {
      return "write " + sequence + " of [" + lba + ", " + (lba + blocks) + ")";
    }
  }

  /**
   * An empty ledger; the first write has sequence 1.
   *
   * @param volume which its stamps must name
   */
  public WriteLedger(long volume, Promise promise) {
    this.volume = volume;
    this.promise = promise;
  }

  /**
   * A write is about to be submitted.
   *
   * @param lba first block, in blocks of the stamps
   * @return its sequence number, for the stamps and for {@link #acknowledged}
   */
  public long issue(long lba, int blocks) {
    Write write = new Write(++lastSequence, lba, blocks, ++clock);
    writes.put(write.sequence, write);
    for (long block = lba; block < lba + blocks; block++) {
      byBlock.computeIfAbsent(block, _ -> new ArrayList<>()).add(write);
    }
    return write.sequence;
  }

  /** GOOD for this write was received. */
  public void acknowledged(long sequence, boolean fua) {
    Write write = writes.get(sequence);
    if (write == null || write.acknowledgedAt != NEVER) {
      throw new IllegalArgumentException("no write in flight has sequence " + sequence);
    }
    write.acknowledgedAt = ++clock;
    write.mustSurvive = fua || promise == Promise.STABLE_WHEN_GOOD;
  }

  /** A SYNCHRONIZE CACHE is about to be submitted; the token is for {@link #flushed}. */
  public long issueFlush() {
    return ++clock;
  }

  /** GOOD for that SYNCHRONIZE CACHE was received. */
  public void flushed(long token) {
    stableBefore = Math.max(stableBefore, token);
  }

  /** The volume that its stamps name. */
  public long volume() {
    return volume;
  }

  /** Writes issued so far. */
  public long issuedCount() {
    return lastSequence;
  }

  /** Writes acknowledged and not yet settled. */
  public long acknowledgedCount() {
    return writes.values().stream().filter(write -> write.acknowledgedAt != NEVER).count();
  }

  /** Blocks that any write of this ledger ever touched, ascending. */
  public Collection<Long> blocks() {
    return Collections.unmodifiableCollection(byBlock.keySet());
  }

  /**
   * Judges the blocks after a crash.
   *
   * @param observed the stamp of a block, empty where it holds none (never written, or damaged)
   * @return the violations, in words; none where all is well
   */
  public List<String> violations(LongFunction<Optional<Stamp>> observed) {
    List<String> found = new ArrayList<>();
    Map<Long, Write> visible = visible(observed, found);
    long frontier = 0;
    for (Write write : visible.values()) {
      frontier = Math.max(frontier, write.issuedAt);
    }
    for (Write write : writes.values()) {
      boolean stable = write.mustSurvive || write.acknowledgedAt < stableBefore;
      boolean ordered = write.acknowledgedAt < frontier;
      if (stable || ordered || isVisibleSomewhere(write, visible)) {
        judge(
            write,
            visible,
            stable ? "was acknowledged as stable" : ordered ? "precedes a survivor" : "is torn",
            found);
      }
    }
    return found;
  }

  private Map<Long, Write> visible(LongFunction<Optional<Stamp>> observed, List<String> found) {
    Map<Long, Write> visible = new TreeMap<>();
    for (long block : byBlock.keySet()) {
      Optional<Stamp> stamp = observed.apply(block);
      long sequence = stamp.map(Stamp::sequence).orElse(NOTHING);
      if (stamp.isPresent() && (stamp.get().volume() != volume || stamp.get().lba() != block)) {
        found.add("block " + block + " holds " + stamp.get() + ", which belongs elsewhere");
      } else if (hasWrite(block, sequence)) {
        visible.put(block, writes.get(sequence));
      } else if (sequence != settled.getOrDefault(block, NOTHING)) {
        found.add(
            "block " + block + " holds sequence " + sequence + ", expected " + candidates(block));
      }
    }
    return visible;
  }

  private boolean hasWrite(long block, long sequence) {
    return byBlock.get(block).stream().anyMatch(write -> write.sequence == sequence);
  }

  private String candidates(long block) {
    return settled.getOrDefault(block, NOTHING) + " or one of " + byBlock.get(block);
  }

  private static boolean isVisibleSomewhere(Write write, Map<Long, Write> visible) {
    for (long block = write.lba; block < write.lba + write.blocks; block++) {
      if (visible.get(block) == write) {
        return true;
      }
    }
    return false;
  }

  private static void judge(Write write, Map<Long, Write> visible, String why, List<String> found) {
    for (long block = write.lba; block < write.lba + write.blocks; block++) {
      Write there = visible.get(block);
      if (there == null || !there.mayFollow(write)) {
        found.add(
            write
                + " "
                + why
                + ", but block "
                + block
                + " holds "
                + (there == null ? "no stamp" : there));
      }
    }
  }

  /**
   * Takes what the blocks hold now as the truth from which the next crash is judged. What did not
   * survive is forgotten and may not come back.
   */
  public void settle(LongFunction<Optional<Stamp>> observed) {
    for (long block : byBlock.keySet()) {
      settled.put(block, observed.apply(block).map(Stamp::sequence).orElse(NOTHING));
    }
    byBlock.values().forEach(List::clear);
    writes.clear();
  }
}
