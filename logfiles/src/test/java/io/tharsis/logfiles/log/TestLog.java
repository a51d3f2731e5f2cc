package io.tharsis.logfiles.log;

import io.tharsis.logfiles.contract.World;
import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A log that a test writes and closes, in whatever world; the test's thread drives it. With {@link
 * FixedClock} and {@link Counting} its bytes are the same in every run.
 */
public final class TestLog implements Log.Listener {

  /** The smallest limits there can be. */
  public static final LogLimits LIMITS =
      new LogLimits(
          8 << 20,
          4,
          48 << 20,
          2 << 20,
          1 << 30,
          2 << 20,
          1 << 20,
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          1 << 20,
          64 << 10);

  /** What the volume is kept on, as far as the log is concerned. */
  public static final DiskStamp DISK = DiskStamp.of(0, 1L << 30, "test-disk");

  static final UUID VOLUME = new UUID(0x40, 0x41);

  /** Random numbers that are not: the same in every run. */
  public static final class Counting implements Entropy {
    private long next;

    /** Begins somewhere of its own. */
    public Counting(long first) {
      next = first;
    }

    @Override
    public long nextLong() {
      next += 0x9E37_79B9_7F4A_7C15L;
      return next;
    }
  }

  /** A clock whose wall clock stands still: 2026-11-01 00:00 UTC. */
  public record FixedClock(Clock clock) implements Clock {
    @Override
    public long monotonicNanos() {
      return clock.monotonicNanos();
    }

    @Override
    public long wallMillis() {
      return 1_793_491_200_000L;
    }

    @Override
    public Timer after(Duration delay, Runnable message) {
      return clock.after(delay, message);
    }
  }

  private final World world;
  private final List<Runnable> waiting = new ArrayList<>();
  private Optional<Log> log = Optional.empty();
  private Optional<String> stopped = Optional.empty();
  private int spaceNotices;

  private TestLog(World world) {
    this.world = world;
  }

  /** How the host of the tests opens a log. */
  public static LogConfig config(LogLimits limits, boolean acceptLoss) {
    return new LogConfig(
        limits, new WriterIdentity(new UUID(0x20, 2), "host", new UUID(0x30, 3)), acceptLoss);
  }

  /** The seams of a world, with the same ids and times in every run. */
  public static Seams seams(World world, Store store, long firstId) {
    return new Seams(world.owner(), new FixedClock(world.clock()), new Counting(firstId), store);
  }

  /** Opens a log, creating it if there is none, and begins an epoch. */
  public static TestLog open(World world, Seams seams, LogConfig config) throws IOException {
    TestLog test = new TestLog(world);
    world.await(() ->
        LogOpening.open(seams, config, List.of(DISK), (entry, lsn) -> {})
            .then(opening -> {
              Log begun = opening.begin(List.of(volume()), Optional.empty(), test);
              test.log = Optional.of(begun);
              return begun.started();
            }));
    return test;
  }

  /** Starts the same and waits for nothing. */
  static TestLog begin(World world, Seams seams, LogConfig config) {
    return begin(world, seams, config, log -> {});
  }

  /**
   * The same.
   *
   * @param first told of the log in the message in which it was begun
   */
  static TestLog begin(World world, Seams seams, LogConfig config, Consumer<Log> first) {
    TestLog test = new TestLog(world);
    world
        .owner()
        .execute(() ->
            LogOpening.open(seams, config, List.of(DISK), (entry, lsn) -> {})
                .then(opening -> {
                  Log begun = opening.begin(List.of(volume()), Optional.empty(), test);
                  test.log = Optional.of(begun);
                  first.accept(begun);
                  return begun.started();
                })
                .observe(done -> {}, cause -> test.stopped = Optional.of(cause.getMessage())));
    return test;
  }

  static StateSnapshot.VolumeState volume() {
    return new StateSnapshot.VolumeState(0, VOLUME, DISK.sizeBytes(), false, Blob.EMPTY);
  }

  /** The log itself; to be used on the owner. */
  public Log log() {
    return log.orElseThrow();
  }

  Optional<String> stopped() {
    return stopped;
  }

  @Override
  public void progressed() {
    List<Runnable> now = List.copyOf(waiting);
    waiting.clear();
    now.forEach(Runnable::run);
  }

  @Override
  public void stopped(String reason) {
    stopped = Optional.of(reason);
  }

  @Override
  public void spaceShort() {
    spaceNotices++;
  }

  int spaceNotices() {
    return spaceNotices;
  }

  /** Appends a write and gives its LSN; nothing is said about when it is durable. */
  public long append(long offset, int bytes) throws IOException {
    return append(new Entry(RecordType.WRITE, 0, 0, offset, bytes), payload(offset, bytes));
  }

  /** Appends any record. */
  public long append(Entry entry, ByteBuffer payload) throws IOException {
    return world.await(() -> {
      Async<Long> appended = new Async<>();
      appendWhenAdmitted(entry, payload, appended);
      return appended;
    });
  }

  private void appendWhenAdmitted(Entry entry, ByteBuffer payload, Async<Long> appended) {
    if (log().admit(RecordHeader.totalBytes(payload.remaining()))) {
      appended.succeed(log().append(entry, payload));
    } else {
      waiting.add(() -> appendWhenAdmitted(entry, payload, appended));
    }
  }

  /** Appends a write for which room was admitted; on the owner. */
  long appendNow(long offset, int bytes) {
    return log().append(new Entry(RecordType.WRITE, 0, 0, offset, bytes), payload(offset, bytes));
  }

  /** Bytes that say where they belong. */
  public static ByteBuffer payload(long offset, int bytes) {
    ByteBuffer payload = ByteBuffer.allocateDirect(bytes);
    for (int i = 0; i < bytes; i++) {
      payload.put(i, (byte) (offset / 512 + i));
    }
    return payload;
  }

  /** Appends a write and waits until it is durable; gives its LSN. */
  public long write(long offset, int bytes) throws IOException {
    long lsn = append(offset, bytes);
    world.run(done -> log().whenDurable(lsn + 1, done));
    return lsn;
  }

  /** Moves checkpoint and horizon, as if everything below had been applied. */
  public void checkpoint(long lsn) throws IOException {
    world.await(() -> log().moveCheckpoint(lsn, lsn, List.of()));
    world.await(() -> {
      log().release(log().marks().checkpoint());
      return Async.done();
    });
  }

  /** Closes the log in order. */
  public void close() throws IOException {
    world.await(() -> {
      log().seal();
      return whenIdle();
    });
    world.await(() -> log().close());
  }

  /** Succeeds when everything that was appended has been handed to the host. */
  Async<Void> whenIdleOrWritten() {
    return Async.start(done -> log().whenWritten(log().marks().appended(), done));
  }

  Async<Void> whenIdle() {
    Async<Void> idle = new Async<>();
    idleOrLater(idle);
    return idle;
  }

  private void idleOrLater(Async<Void> idle) {
    if (log().isIdle() || stopped.isPresent()) {
      idle.succeed(null);
    } else {
      waiting.add(() -> idleOrLater(idle));
    }
  }
}
