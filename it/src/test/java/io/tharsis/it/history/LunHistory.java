package io.tharsis.it.history;

import java.util.ArrayList;
import java.util.List;

/**
 * What one initiator knows about the changes it made to one volume since it last looked at all of
 * it, and what the volume may therefore hold after a crash. Used by one thread.
 *
 * <p>Four rules, for writes and unmaps that may be in flight together and may overlap:
 *
 * <ul>
 *   <li>durability: a change that had to be stable (GOOD where that promises it, FUA, or GOOD
 *       before the issue of a SYNCHRONIZE CACHE that was GOOD) is there, or one that may have come
 *       later;
 *   <li>prefix: where a change is there, each one that was acknowledged before that was issued is
 *       there too, or overwritten;
 *   <li>atomicity: a write that is there in one of its blocks is there, or overwritten, in all;
 *   <li>a block that nobody changed is what it was.
 * </ul>
 *
 * <p>A block of zeros does not tell which unmap it came from. The rules give it the benefit of the
 * doubt, so a violation is always a real one.
 */
public final class LunHistory {

  /** Whether GOOD for a change promises that it survives a crash. */
  public enum Promise {
    STABLE_WHEN_GOOD,
    STABLE_WHEN_FLUSHED
  }

  private static final int MAX_FINDINGS = 12;

  private final Promise promise;
  private final List<List<Change>> byBlock;
  private final List<Change> changes = new ArrayList<>();
  private LunImage settled;
  private long clock;
  private long lastSequence;
  private long stableBefore;

  /** Begins with a volume of zeros. */
  public LunHistory(long volume, int blocks, Promise promise) {
    this.promise = promise;
    settled = new LunImage(volume, blocks);
    byBlock = new ArrayList<>(blocks);
    for (int block = 0; block < blocks; block++) {
      byBlock.add(List.of());
    }
  }

  /** A change of the blocks in [from, to) is about to be submitted. */
  public Change issue(Change.Kind kind, int from, int to) {
    Change change = new Change(kind, ++lastSequence, from, to, ++clock);
    changes.add(change);
    for (int block = from; block < to; block++) {
      if (byBlock.get(block).isEmpty()) {
        byBlock.set(block, new ArrayList<>());
      }
      byBlock.get(block).add(change);
    }
    return change;
  }

  /** GOOD was received for it. */
  public void acknowledged(Change change, boolean fua) {
    change.acknowledge(++clock, fua || promise == Promise.STABLE_WHEN_GOOD);
  }

  /** A SYNCHRONIZE CACHE is about to be submitted; the token is for {@link #flushed}. */
  public long issueFlush() {
    return ++clock;
  }

  /** GOOD was received for that SYNCHRONIZE CACHE. */
  public void flushed(long token) {
    stableBefore = Math.max(stableBefore, token);
  }

  /** The violations, in words, at most a dozen; none where all is well. */
  public List<String> violations(LunImage seen) {
    List<String> found = new ArrayList<>();
    long frontier = 0;
    for (int block = 0; block < seen.blocks() && found.size() < MAX_FINDINGS; block++) {
      frontier = Math.max(frontier, explain(block, seen, found));
    }
    for (Change change : changes) {
      boolean stable = change.mustSurvive() || change.acknowledgedAt() < stableBefore;
      boolean ordered = change.acknowledgedAt() < frontier;
      if (found.size() < MAX_FINDINGS && (stable || ordered || isVisibleSomewhere(change, seen))) {
        String why = stable ? "was stable" : ordered ? "precedes a survivor" : "is torn";
        judge(change, why, seen, found);
      }
    }
    return found;
  }

  /**
   * Finds out whether anything explains a block.
   *
   * @return when the earliest change that explains it was issued; 0 where none is needed
   */
  private long explain(int block, LunImage seen, List<String> found) {
    if (seen.at(block) == settled.at(block)) {
      return 0;
    }
    long issuedAt = Change.NEVER;
    for (Change change : byBlock.get(block)) {
      if (explains(change, seen.at(block))) {
        issuedAt = Math.min(issuedAt, change.issuedAt());
      }
    }
    if (issuedAt == Change.NEVER) {
      found.add(
          "block %d holds %s, expected %s or one of %s"
              .formatted(
                  block, shown(seen.at(block)), shown(settled.at(block)), byBlock.get(block)));
      return 0;
    }
    return issuedAt;
  }

  private static boolean explains(Change change, long sequence) {
    return switch (change.kind()) {
      case WRITE -> change.sequence() == sequence;
      case UNMAP -> sequence == LunImage.ZEROS;
    };
  }

  private boolean isVisibleSomewhere(Change change, LunImage seen) {
    if (change.kind() == Change.Kind.UNMAP) {
      return false;
    }
    for (int block = change.from(); block < change.to(); block++) {
      if (seen.at(block) == change.sequence()) {
        return true;
      }
    }
    return false;
  }

  private void judge(Change change, String why, LunImage seen, List<String> found) {
    for (int block = change.from(); block < change.to(); block++) {
      long sequence = seen.at(block);
      boolean later =
          byBlock.get(block).stream()
              .anyMatch(other -> explains(other, sequence) && other.mayFollow(change));
      if (!later) {
        found.add("%s %s, but block %d holds %s".formatted(change, why, block, shown(sequence)));
        return;
      }
    }
  }

  private static String shown(long sequence) {
    if (sequence == LunImage.ZEROS) {
      return "zeros";
    }
    return sequence == LunImage.FOREIGN ? "bytes that nobody wrote there" : "write " + sequence;
  }

  /**
   * Takes what was seen as the truth from which the next crash is judged. What did not survive is
   * forgotten and may not come back.
   */
  public void settle(LunImage seen) {
    settled = seen;
    for (Change change : changes) {
      for (int block = change.from(); block < change.to(); block++) {
        byBlock.set(block, List.of());
      }
    }
    changes.clear();
  }
}
