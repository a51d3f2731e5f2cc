package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The resets of units that initiators of this node have asked for and the other nodes have not been
 * told of, or not for certain. Told again over each new link: to be reset twice harms nobody.
 * Belongs to its {@link Front}.
 */
final class FrontResets {

  /** Most that wait; more fail at once. */
  static final int MAX_WAITING = 256;

  private final SortedMap<Long, Waiting> waiting = new TreeMap<>();
  private long last;

  /** One that waits. */
  record Waiting(int volume, long sinceNanos, Async<Void> done) {}

  /** One more, which ends when all others have done it. */
  Async<Void> add(int volume, long nowNanos) {
    if (waiting.size() >= MAX_WAITING) {
      return Async.failed(new IOException("too many resets wait"));
    }
    Async<Void> done = new Async<>();
    waiting.put(++last, new Waiting(volume, nowNanos, done));
    return done;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Who is the primary is told of each. */
  void tell(RemotePrimary primary) {
    waiting.forEach((number, one) -> primary.reset(number, one.volume()));
  }

  /** All of them, which are somebody else's now. */
  List<Waiting> take() {
    List<Waiting> all = List.copyOf(waiting.values());
    waiting.clear();
    return all;
  }

  /** The others have done it; nothing if nobody waits for it any more. */
  void done(long number) {
    Waiting one = waiting.remove(number);
    if (one != null) {
      one.done().succeed(null);
    }
  }

  /** Those that have waited since a time are told to nobody any more. */
  void expire(long sinceNanos) {
    List<Long> late =
        waiting.entrySet().stream()
            .filter(one -> one.getValue().sinceNanos() <= sinceNanos)
            .map(one -> one.getKey())
            .toList();
    late.forEach(
        number -> waiting.remove(number).done().fail(new IOException("no primary was reached")));
  }
}
