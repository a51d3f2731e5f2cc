package io.tharsis.server.ring;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out at start how appends become durable fastest on the file system of the log: writes a
 * scratch file in both ways, turn by turn, at depth 1. Belongs to one owner, is used once.
 *
 * <p>The ring wins near ties: at equal latency it takes about a third of the processor time,
 * because no thread is woken.
 */
public final class AppendProbe {

  /** A batch of one small write. */
  static final int SMALL_BYTES = 4 << 10;

  /** A batch as it gathers under load. */
  static final int LARGE_BYTES = 128 << 10;

  /** The thread must be faster than this part of the ring's latency to be chosen. */
  static final double CLEARLY_FASTER = 0.85;

  private static final String SCRATCH_PREFIX = "append-probe-";
  private static final long SCRATCH_BYTES = 2L << 20;
  private static final int ROUNDS = 4;
  private static final long SLICE_NANOS = 15_000_000;
  private static final int MIN_WRITES = 3;
  private static final int MAX_WRITES = 200;

  /**
   * What one method took.
   *
   * @param smallNanos median for {@link #SMALL_BYTES}
   * @param largeNanos median for {@link #LARGE_BYTES}
   */
  public record Measurement(AppendMethod method, long smallNanos, long largeNanos) {

    /** Both medians weigh the same, whatever their size. */
    double latency() {
      return Math.sqrt((double) smallNanos * largeNanos);
    }

    @Override
    public String toString() {
      return "%s %d us per 4 KiB, %d us per 128 KiB"
          .formatted(method.word(), smallNanos / 1000, largeNanos / 1000);
    }
  }

  /**
   * What was chosen, and why.
   *
   * @param reason for people
   * @param measured one entry for each method that works here; empty if the choice was given
   */
  public record Finding(AppendMethod chosen, String reason, List<Measurement> measured) {
    public Finding {
      measured = List.copyOf(measured);
    }

    /** The choice was an operator's, or there was none. */
    public static Finding given(AppendMethod method, String reason) {
      return new Finding(method, reason, List.of());
    }
  }

  private final Clock clock;
  private final Store thread;
  private final ByteBuffer data = ByteBuffer.allocateDirect(2 * LARGE_BYTES).alignedSlice(4096);
  private final List<Candidate> candidates = new ArrayList<>();

  private AppendProbe(Clock clock, Store thread) {
    this.clock = clock;
    this.thread = thread;
  }

  /**
   * Measures for a few hundred milliseconds and chooses. Leaves no file behind. A ring that cannot
   * be used is not an error, nor is a full file system; a thread that cannot be used is.
   *
   * @param ring the log's directory, files on the ring, direct writes
   * @param thread the same directory, files on I/O threads
   */
  public static Async<Finding> run(Store ring, Store thread, Clock clock) {
    AppendProbe probe = new AppendProbe(clock, thread);
    return probe
        .removeScratchFiles()
        .then(clean -> probe.measure(ring))
        .then(found -> probe.cleanUp().map(clean -> found))
        .orElse(cause -> probe.cleanUp().then(clean -> Async.failed(cause)));
  }

  private Async<Finding> measure(Store ring) {
    return add(AppendMethod.THREAD, thread)
        .then(opened ->
            add(AppendMethod.RING, ring)
                .then(both -> rounds().map(ended -> choose(Optional.empty())))
                .orElse(cause -> Async.of(choose(Optional.of(cause)))))
        .orElse(AppendProbe::withoutRoom);
  }

  /** A full file system must not keep a log from serving that has all the space it needs. */
  private static Async<Finding> withoutRoom(IOException cause) {
    return cause instanceof NoSpaceException
        ? Async.of(Finding.given(AppendMethod.THREAD, "no room to measure: " + cause.getMessage()))
        : Async.failed(cause);
  }

  private Async<Void> add(AppendMethod method, Store store) {
    return store
        .create(SCRATCH_PREFIX + method.word(), SCRATCH_BYTES)
        .map(disk -> {
          candidates.add(new Candidate(method, disk));
          return null;
        });
  }

  private Async<Void> rounds() {
    List<Series> plan = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Candidate candidate : candidates) {
        // the first round only warms up
        plan.add(new Series(candidate, SMALL_BYTES, round > 0));
        plan.add(new Series(candidate, LARGE_BYTES, round > 0));
      }
    }
    return Async.forEach(plan, Series::run);
  }

  private Finding choose(Optional<IOException> ringFailure) {
    if (ringFailure.isPresent()) {
      return Finding.given(
          AppendMethod.THREAD, "the ring cannot be used: " + ringFailure.get().getMessage());
    }
    Map<AppendMethod, Measurement> measured = new EnumMap<>(AppendMethod.class);
    for (Candidate candidate : candidates) {
      measured.put(candidate.method, candidate.measurement());
    }
    return choose(measured.get(AppendMethod.RING), measured.get(AppendMethod.THREAD));
  }

  static Finding choose(Measurement ring, Measurement thread) {
    List<Measurement> both = List.of(ring, thread);
    return thread.latency() < CLEARLY_FASTER * ring.latency()
        ? new Finding(AppendMethod.THREAD, "clearly faster than the ring here", both)
        : new Finding(AppendMethod.RING, "as fast as a thread or faster, at less cost", both);
  }

  private Async<Void> cleanUp() {
    List<Candidate> opened = List.copyOf(candidates);
    candidates.clear();
    return Async.forEach(opened, candidate -> candidate.disk.close())
        .then(closed -> removeScratchFiles());
  }

  private Async<Void> removeScratchFiles() {
    return thread
        .list()
        .then(names ->
            Async.forEach(
                names.stream().filter(name -> name.startsWith(SCRATCH_PREFIX)).toList(),
                thread::delete));
  }

  /** One method, with what its writes took. */
  private static final class Candidate {
    private final AppendMethod method;
    private final Disk disk;
    private final Samples small = new Samples();
    private final Samples large = new Samples();

    Candidate(AppendMethod method, Disk disk) {
      this.method = method;
      this.disk = disk;
    }

    Samples samples(int lengthBytes) {
      return lengthBytes == SMALL_BYTES ? small : large;
    }

    Measurement measurement() {
      return new Measurement(method, small.median(), large.median());
    }
  }

  private static final class Samples {
    private final long[] nanos = new long[ROUNDS * MAX_WRITES];
    private int count;

    void add(long value) {
      nanos[count++] = value;
    }

    long median() {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return sorted[count / 2];
    }
  }

  /** Some writes of one size, one after the other, for about {@link #SLICE_NANOS}. */
  private final class Series {
    private final Candidate candidate;
    private final int lengthBytes;
    private final boolean counts;
    private int writes;

    Series(Candidate candidate, int lengthBytes, boolean counts) {
      this.candidate = candidate;
      this.lengthBytes = lengthBytes;
      this.counts = counts;
    }

    Async<Void> run() {
      long startNanos = clock.monotonicNanos();
      return Async.<Boolean>repeat(() -> writeOne().map(nanos -> isEnough(startNanos)))
          .map(ended -> null);
    }

    private Optional<Boolean> isEnough(long startNanos) {
      boolean enough =
          writes >= MAX_WRITES
              || (writes >= MIN_WRITES && clock.monotonicNanos() - startNanos >= SLICE_NANOS);
      return enough ? Optional.of(true) : Optional.empty();
    }

    private Async<Void> writeOne() {
      long beganNanos = clock.monotonicNanos();
      long offset = (long) writes * lengthBytes % SCRATCH_BYTES;
      Extent extent = Extent.of(offset, data.slice(0, lengthBytes));
      return Async.start(done -> candidate.disk.write(List.of(extent), Durability.DURABLE, done))
          .map(written -> {
            writes++;
            if (counts) {
              candidate.samples(lengthBytes).add(clock.monotonicNanos() - beganNanos);
            }
            return null;
          });
    }
  }
}
