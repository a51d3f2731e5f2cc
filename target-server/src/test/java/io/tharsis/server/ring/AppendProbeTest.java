package io.tharsis.server.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.server.ring.AppendProbe.Finding;
import io.tharsis.server.ring.AppendProbe.Measurement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the probe chooses, what it tells, and that it cleans up, on a directory in virtual time. */
class AppendProbeTest {

  /** Virtual time; posted messages run one after the other. */
  private static final class Host implements Clock {
    private final ArrayDeque<Runnable> messages = new ArrayDeque<>();
    private final SortedSet<String> names = new TreeSet<>();
    private long nowNanos;

    void run() {
      while (!messages.isEmpty()) {
        messages.remove().run();
      }
    }

    @Override
    public long monotonicNanos() {
      return nowNanos;
    }

    @Override
    public long wallMillis() {
      return nowNanos / 1_000_000;
    }

    @Override
    public Timer after(Duration delay, Runnable message) {
      throw new UnsupportedOperationException("no timers here");
    }
  }

  /** The directory, with writes that take a time of their own; refuses files if told so. */
  private record Directory(
      Host host, long smallMicros, long largeMicros, Optional<IOException> refusal)
      implements Store {

    Directory(Host host, long smallMicros, long largeMicros) {
      this(host, smallMicros, largeMicros, Optional.empty());
    }

    @Override
    public String name() {
      return "directory";
    }

    @Override
    public Async<List<String>> list() {
      return Async.of(List.copyOf(host.names));
    }

    @Override
    public Async<Disk> create(String file, long sizeBytes) {
      if (refusal.isPresent()) {
        return Async.failed(refusal.get());
      }
      if (!host.names.add(file)) {
        return Async.failed(new IOException(file + " exists"));
      }
      return Async.of(new File(this, file, sizeBytes));
    }

    @Override
    public Async<Disk> open(String file) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Async<Void> rename(String from, String to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Async<Void> delete(String file) {
      return host.names.remove(file) ? Async.done() : Async.failed(new IOException(file));
    }

    @Override
    public Async<Void> syncDirectory() {
      return Async.done();
    }

    @Override
    public Async<Long> freeBytes() {
      return Async.of(Long.MAX_VALUE);
    }

    @Override
    public Async<Void> lock() {
      return Async.done();
    }

    @Override
    public Async<Void> unlock() {
      return Async.done();
    }
  }

  private record File(Directory directory, String name, long sizeBytes) implements Disk {

    @Override
    public Async<Void> grow(long wantedBytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String identity() {
      return name;
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      assertThat(durability).isEqualTo(Durability.DURABLE);
      Extent extent = extents.getFirst();
      assertThat(extent.offset() + extent.lengthBytes()).isLessThanOrEqualTo(sizeBytes);
      long micros =
          extent.lengthBytes() == AppendProbe.SMALL_BYTES
              ? directory.smallMicros
              : directory.largeMicros;
      directory.host.messages.add(() -> {
        directory.host.nowNanos += micros * 1000;
        done.succeeded();
      });
    }

    @Override
    public void read(ByteBuffer into, long offset, Completion done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sync(Completion done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void punch(Range range, Completion done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Async<List<Range>> allocated() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Async<Long> freeBytes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Async<Void> close() {
      return Async.done();
    }
  }

  private final Host host = new Host();

  private Async<Finding> probe(Directory ring, Directory thread) {
    Async<Finding> found = AppendProbe.run(ring, thread, host);
    host.run();
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    // ring 4k, ring 128k, thread 4k, thread 128k, chosen
    "100, 120, 100, 120, RING",
    "100, 120, 90, 110, RING",
    "100, 120, 80, 90, THREAD",
    "80, 90, 100, 120, RING",
    "100, 400, 200, 100, THREAD",
    "5000, 5000, 5100, 5100, RING",
  })
  void choosesTheFasterAndTheRingNearATie(
      long ringSmall, long ringLarge, long threadSmall, long threadLarge, AppendMethod chosen) {
    Finding found =
        probe(
                new Directory(host, ringSmall, ringLarge),
                new Directory(host, threadSmall, threadLarge))
            .value();

    assertThat(found.chosen()).isEqualTo(chosen);
    assertThat(found.measured())
        .containsExactlyInAnyOrder(
            new Measurement(AppendMethod.RING, ringSmall * 1000, ringLarge * 1000),
            new Measurement(AppendMethod.THREAD, threadSmall * 1000, threadLarge * 1000));
  }

  @Test
  void takesAFewHundredMillisecondsAndLeavesNothingBehind() {
    host.names.add("log-000000001-a");
    host.names.add("append-probe-ring");

    probe(new Directory(host, 100, 120), new Directory(host, 130, 170));

    assertThat(host.wallMillis()).isBetween(100L, 400L);
    assertThat(host.names).containsExactly("log-000000001-a");
  }

  @Test
  void doesNotWaitForManyWritesOnASlowDisk() {
    Finding found =
        probe(new Directory(host, 20_000, 20_000), new Directory(host, 20_000, 20_000)).value();

    assertThat(found.chosen()).isEqualTo(AppendMethod.RING);
    assertThat(host.wallMillis()).isLessThan(1000);
  }

  @Test
  void ringThatCannotBeUsedIsAReasonAndNotAFailure() {
    Directory ring = new Directory(host, 1, 1, Optional.of(new IOException("Invalid argument")));

    Finding found = probe(ring, new Directory(host, 100, 120)).value();

    assertThat(found.chosen()).isEqualTo(AppendMethod.THREAD);
    assertThat(found.reason()).contains("Invalid argument");
    assertThat(host.names).isEmpty();
  }

  @Test
  void directoryThatCannotBeUsedIsAFailure() {
    Directory broken = new Directory(host, 1, 1, Optional.of(new IOException("Read-only")));

    assertThat(probe(broken, broken).failure())
        .hasValueSatisfying(cause -> assertThat(cause).hasMessage("Read-only"));
    assertThat(host.names).isEmpty();
  }

  @Test
  void fullDirectoryIsAReasonAndNotAFailure() {
    Directory full = new Directory(host, 1, 1, Optional.of(new NoSpaceException("No space left")));

    Finding found = probe(full, full).value();

    assertThat(found.chosen()).isEqualTo(AppendMethod.THREAD);
    assertThat(found.reason()).contains("No space left");
  }
}
