package io.tharsis.replication.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A block that anybody writes at any time, and whether what was read of it is linearizable. Each
 * stamp is written once, so all operations with one stamp form a cluster, in which the write comes
 * first and between which no other write falls: clusters must have an order (Gibbons and Korach,
 * "Testing Shared Memories").
 */
final class SharedBlock {

  /** The operations with one stamp. */
  private static final class Cluster {
    private final long stamp;
    private final long writtenNanos;
    private long firstEndNanos = Long.MAX_VALUE;
    private long lastBeginNanos;
    private boolean excluded;
    private boolean read;
    private boolean sure;

    Cluster(long stamp, long begunNanos) {
      this.stamp = stamp;
      this.writtenNanos = begunNanos;
      this.lastBeginNanos = begunNanos;
    }

    /** Whether it must be held by the block for a time: from the first end to the last begin. */
    boolean isForward() {
      return firstEndNanos < lastBeginNanos;
    }

    long from() {
      return Math.min(firstEndNanos, lastBeginNanos);
    }

    long to() {
      return Math.max(firstEndNanos, lastBeginNanos);
    }
  }

  private final Map<Long, Cluster> clusters = new TreeMap<>();

  SharedBlock() {
    Cluster empty = new Cluster(0, -1);
    empty.firstEndNanos = -1;
    empty.sure = true;
    clusters.put(0L, empty);
  }

  void begins(long stamp, long now) {
    clusters.put(stamp, new Cluster(stamp, now));
  }

  void ended(long stamp, BlockHistory.Effect effect, long now) {
    Cluster cluster = clusters.get(stamp);
    cluster.firstEndNanos = Math.min(cluster.firstEndNanos, now);
    switch (effect) {
      case SURE -> cluster.sure = true;
      case NONE -> cluster.excluded = true;
      case UNKNOWN -> {}
    }
  }

  void read(long stamp, long begunNanos, long now) {
    Cluster cluster = clusters.get(stamp);
    if (cluster == null || now < cluster.writtenNanos) {
      throw new RemoteViolation("read %d, which nobody has written".formatted(stamp));
    }
    cluster.read = true;
    cluster.firstEndNanos = Math.min(cluster.firstEndNanos, now);
    cluster.lastBeginNanos = Math.max(cluster.lastBeginNanos, begunNanos);
  }

  /** Everything has ended: there must be an order. */
  void check() {
    List<Cluster> effective = new ArrayList<>();
    for (Cluster cluster : clusters.values()) {
      if (cluster.read && cluster.excluded) {
        throw new RemoteViolation("stamp " + cluster.stamp + " was read and had no effect");
      }
      if (cluster.read || cluster.sure) {
        effective.add(cluster);
      }
    }
    List<Cluster> forward =
        effective.stream()
            .filter(Cluster::isForward)
            .sorted(Comparator.comparingLong(Cluster::from))
            .toList();
    for (int i = 1; i < forward.size(); i++) {
      if (forward.get(i).from() < forward.get(i - 1).to()) {
        throw noOrder(forward.get(i - 1), forward.get(i));
      }
    }
    for (Cluster cluster : effective) {
      for (Cluster held : forward) {
        if (!cluster.isForward() && held.from() < cluster.from() && cluster.to() < held.to()) {
          throw noOrder(cluster, held);
        }
      }
    }
  }

  private static RemoteViolation noOrder(Cluster one, Cluster other) {
    return new RemoteViolation(
        "stamps %d (%d to %d) and %d (%d to %d) have no order"
            .formatted(one.stamp, one.from(), one.to(), other.stamp, other.from(), other.to()));
  }
}
