package io.tharsis.replication.member;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.scenario.WrappedStore;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.NearSync;
import io.tharsis.replication.control.ReplicationMode.Sync;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What must be true at the moment in which a write is answered, by what the members really have and
 * what really is in the primary's log.
 */
final class PromiseOracle {

  /** A bookmark that is durable. */
  private record Noted(PromiseMark.Kind kind, long lsn) {}

  private final Supplier<List<SimReplicaNode>> members;
  private final List<Noted> marks = new ArrayList<>();
  private final TreeMap<Long, Long> durableSince = new TreeMap<>();
  private ReplicationMode mode = new ReplicationMode.Async();
  private long kept;
  private long degraded;

  PromiseOracle(Supplier<List<SimReplicaNode>> members) {
    this.members = members;
  }

  /** From now on this is promised. */
  void promised(ReplicationMode now) {
    mode = now;
  }

  /** Another process writes the log now: it promises anew. */
  void opened() {
    marks.clear();
    durableSince.clear();
  }

  /** The primary's log is durable up to here now. */
  void durable(long lsn, long nowNanos) {
    if (durableSince.isEmpty() || durableSince.lastKey() < lsn) {
      durableSince.put(lsn, nowNanos);
    }
  }

  /** How many answers were seen that the promise covered. */
  long kept() {
    return kept;
  }

  /** How many were seen that it did not cover, and need not. */
  long degraded() {
    return degraded;
  }

  /** What is wrong with answering a write now; its records end at {@code lsn} at the latest. */
  Optional<String> objection(long lsn, Duration waited, long nowNanos) {
    if (mode instanceof ReplicationMode.Async) {
      return Optional.empty();
    }
    boolean covered =
        switch (mode) {
          case ReplicationMode.Async none -> true;
          case Sync sync -> reachedBy(sync.copies() - 1) >= lsn;
          case NearSync near ->
              isInBound(near, lsn, nowNanos) || waited.compareTo(Promise.LONGEST_BRAKE) >= 0;
        };
    if (covered) {
      kept++;
      return Optional.empty();
    }
    if (isDegraded(lsn)) {
      degraded++;
      return Optional.empty();
    }
    return Optional.of(
        "a write up to %d was answered in %s while members have %s, after bookmarks %s"
            .formatted(lsn, mode, reached(), marks));
  }

  /** What members could say that they have, most first. */
  private List<Long> reached() {
    return members.get().stream()
        .map(SimReplicaNode::promotableLsn)
        .sorted(Collections.reverseOrder())
        .toList();
  }

  private long reachedBy(int count) {
    List<Long> reached = reached();
    return reached.size() < count ? 0 : reached.get(count - 1);
  }

  private boolean isInBound(NearSync near, long lsn, long nowNanos) {
    long nearest = reachedBy(1);
    if (nearest >= lsn) {
      return true;
    }
    boolean inBytes = near.lagBytes().isEmpty() || lsn - nearest <= near.lagBytes().getAsLong();
    var missing = durableSince.higherEntry(nearest);
    boolean inTime =
        near.lagTime().isEmpty()
            || missing == null
            || nowNanos - missing.getValue() <= near.lagTime().get().toNanos();
    return inBytes && inTime;
  }

  /** What ends before the bookmark that says that it is kept again still is not. */
  private boolean isDegraded(long lsn) {
    if (marks.isEmpty()) {
      return false;
    }
    Noted last = marks.getLast();
    boolean before =
        marks.size() > 1 && marks.get(marks.size() - 2).kind() == PromiseMark.Kind.DEGRADED;
    return last.kind() == PromiseMark.Kind.DEGRADED
        || (last.kind() == PromiseMark.Kind.KEPT && before && lsn <= last.lsn());
  }

  // ---- what gets into the primary's log ----

  /** The primary sees its world as before, and the oracle what it writes. */
  Planting watching(Planting planting) {
    return new Planting() {
      @Override
      public Disk disk(SimHost host, Disk disk) {
        return planting.disk(host, disk);
      }

      @Override
      public Function<Hello.Purpose, Acceptance> door(Function<Hello.Purpose, Acceptance> door) {
        return planting.door(door);
      }

      @Override
      public Store store(SimHost host, Store store) {
        return new WrappedStore(planting.store(host, store), WrappedStore::isLogfile, Logfile::new);
      }
    };
  }

  private final class Logfile extends ForwardingDisk {
    private final List<Noted> unsynced = new ArrayList<>();

    Logfile(Disk behind) {
      super(behind);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      List<Noted> found = find(extents);
      behind()
          .write(
              extents,
              durability,
              Completion.of(
                  () -> {
                    (durability == Durability.BUFFERED ? unsynced : marks).addAll(found);
                    done.succeeded();
                  },
                  done::failed));
    }

    @Override
    public void sync(Completion done) {
      List<Noted> synced = List.copyOf(unsynced);
      unsynced.clear();
      behind()
          .sync(
              Completion.of(
                  () -> {
                    marks.addAll(synced);
                    done.succeeded();
                  },
                  done::failed));
    }
  }

  private static List<Noted> find(List<Extent> extents) {
    List<Noted> found = new ArrayList<>();
    for (Extent extent : extents) {
      for (ByteBuffer part : extent.from()) {
        ByteBuffer bytes = part.slice().order(ByteOrder.LITTLE_ENDIAN);
        int most = bytes.remaining() - RecordHeader.BYTES - PromiseMark.BYTES;
        for (int at = 0; at <= most; at += RecordHeader.BYTES) {
          if (bytes.get(at + 8) == RecordType.MARK.code()) {
            note(bytes, at, found);
          }
        }
      }
    }
    return found;
  }

  private static void note(ByteBuffer bytes, int at, List<Noted> found) {
    try {
      PromiseMark.decode(bytes.slice(at + RecordHeader.BYTES, PromiseMark.BYTES))
          .ifPresent(mark -> found.add(new Noted(mark.kind(), bytes.getLong(at + 16))));
    } catch (FormatException no) {
      throw new AssertionError("a bookmark that cannot be", no);
    }
  }
}
