package io.tharsis.replication.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What one block may hold, as a linearizable register that one writer at a time writes stamps to,
 * each used once. A write whose outcome is unknown may have taken effect until its end was told,
 * and not later. Reads may come from anybody, at any time.
 */
final class BlockHistory {

  /** What the block may have held from some time on. */
  private record Span(long fromNanos, NavigableSet<Long> values) {}

  private final List<Span> spans = new ArrayList<>();
  private NavigableSet<Long> old = new TreeSet<>(List.of(0L));
  private Optional<Long> writing = Optional.empty();
  private long changedNanos = -1;

  BlockHistory() {
    note(-1);
  }

  private void note(long now) {
    NavigableSet<Long> values = new TreeSet<>(old);
    writing.ifPresent(values::add);
    spans.add(new Span(now, values));
  }

  boolean isWriting() {
    return writing.isPresent();
  }

  /** A write begins; there is no other. */
  void begins(long stamp, long now) {
    writing = Optional.of(stamp);
    note(now);
  }

  /** The write has ended: it has taken effect, it never will, or nobody knows. */
  void ended(Effect effect, long now) {
    long stamp = writing.orElseThrow();
    writing = Optional.empty();
    switch (effect) {
      case SURE -> old = new TreeSet<>(List.of(stamp));
      case NONE -> {
        // it must not have been seen either
        if (old.equals(new TreeSet<>(List.of(stamp)))) {
          throw new RemoteViolation("stamp " + stamp + " was read and is said to have no effect");
        }
      }
      case UNKNOWN -> {
        if (!old.equals(new TreeSet<>(List.of(stamp)))) {
          old.add(stamp);
        }
      }
    }
    changedNanos = now;
    note(now);
  }

  /** What is known of a write that has ended. */
  enum Effect {
    SURE,
    NONE,
    UNKNOWN
  }

  /** A read has ended that began at a time. */
  void read(long value, long begunNanos, long now) {
    NavigableSet<Long> possible = new TreeSet<>();
    for (int i = spans.size() - 1; i >= 0; i--) {
      possible.addAll(spans.get(i).values());
      if (spans.get(i).fromNanos() <= begunNanos) {
        break;
      }
    }
    if (!possible.contains(value)) {
      throw new RemoteViolation("read %d where only %s may be".formatted(value, possible));
    }
    if (writing.filter(stamp -> stamp == value).isPresent()) {
      narrow(value, now);
    } else if (begunNanos > changedNanos && old.contains(value)) {
      narrow(value, now);
    }
  }

  private void narrow(long value, long now) {
    if (old.size() > 1 || old.first() != value) {
      old = new TreeSet<>(List.of(value));
      note(now);
    }
  }
}
