package io.tharsis.server.iscsi;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Bytes that the transfers of one target hold, over all its connections together. Confined to the
 * target's loop. Most of it is shared, first come, first served, so that a large transfer is not
 * overtaken for ever by small ones. A part is kept for small transfers: every connection that has
 * none may begin one at once, however many others hold or want the rest.
 *
 * <p>Invariants: what is held never exceeds the limit, but for one transfer that is larger than the
 * shared part, which then has that part for itself; whoever waits is told when it is its turn.
 */
final class MemoryBudget {

  /** Somebody who wants memory: one connection. */
  interface Claimant {
    /** It is its turn: it takes, or withdraws, or stays first. */
    void memoryFreed();
  }

  private final long sharedBytes;
  private final int smallBytes;
  private final ArrayDeque<Claimant> waiting = new ArrayDeque<>();
  private long usedSharedBytes;
  private long usedSmallBytes;
  private boolean granting;

  /**
   * @param limitBytes of all transfers together
   * @param smallBytes of a transfer that a connection without one may always begin
   * @param connections that there can be at most
   */
  MemoryBudget(long limitBytes, int smallBytes, int connections) {
    this.sharedBytes = limitBytes - (long) smallBytes * connections;
    this.smallBytes = smallBytes;
    Invariant.check(sharedBytes > 0, "small transfers leave a part to share", sharedBytes);
  }

  /**
   * What a transfer holds; given back once.
   *
   * @param part of the budget that it is taken from
   */
  record Charge(long bytes, Part part) {
    static final Charge NOTHING = new Charge(0, Part.SHARED);
  }

  /** The two parts of a budget. */
  enum Part {
    SHARED,
    SMALL
  }

  /** Bytes held now. */
  long usedBytes() {
    return usedSharedBytes + usedSmallBytes;
  }

  /** Memory for the only transfer of a connection, if it is small. */
  Optional<Charge> takeSmall(long bytes) {
    if (bytes > smallBytes) {
      return Optional.empty();
    }
    usedSmallBytes += bytes;
    return Optional.of(new Charge(bytes, Part.SMALL));
  }

  /** Shared memory; if it is not there, or others wait for it, {@code by} waits too. */
  Optional<Charge> take(Claimant by, long bytes) {
    boolean first = waiting.isEmpty() || waiting.element().equals(by);
    if (!first || !fits(bytes)) {
      if (!waiting.contains(by)) {
        waiting.add(by);
      }
      return Optional.empty();
    }
    waiting.poll();
    usedSharedBytes += bytes;
    return Optional.of(new Charge(bytes, Part.SHARED));
  }

  private boolean fits(long bytes) {
    return usedSharedBytes == 0 || usedSharedBytes + bytes <= sharedBytes;
  }

  /** A transfer has ended. */
  void giveBack(Charge charge) {
    switch (charge.part()) {
      case SMALL -> usedSmallBytes -= charge.bytes();
      case SHARED -> {
        usedSharedBytes -= charge.bytes();
        grant();
      }
    }
  }

  /** {@code by} wants nothing for now. */
  void withdraw(Claimant by) {
    if (waiting.remove(by)) {
      grant();
    }
  }

  private void grant() {
    if (granting) {
      return;
    }
    granting = true;
    try {
      boolean moved = true;
      while (moved && !waiting.isEmpty()) {
        Claimant first = waiting.element();
        first.memoryFreed();
        moved = waiting.isEmpty() || !waiting.element().equals(first);
      }
    } finally {
      granting = false;
    }
  }
}
