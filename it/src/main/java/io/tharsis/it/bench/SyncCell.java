package io.tharsis.it.bench;

import io.tharsis.it.bench.Figure.Bound;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a sync costs: bytes over the link if the disks are equal, and time if the disk is empty or
 * only a twentieth has changed since the member was given up.
 */
final class SyncCell {

  private static final String EQUAL = "bytes to sync equal disks, % of the disk";
  private static final String EQUAL_TIME = "sync of equal disks, s";
  private static final String FULL = "sync of an empty disk, s";
  private static final String DELTA = "sync of 5 % after being given up, s";

  private static final int REGION_BYTES = 64 << 10;
  private static final int CHANGED_SHARE = 20;
  private static final Workload CHANGES =
      new Workload(
          "randwrite-64k-durable-d8",
          Workload.Access.RANDOM_WRITE,
          REGION_BYTES,
          8,
          CacheMode.DURABLE);
  private static final Duration WRITE_LIMIT = Duration.ofMinutes(2);

  /** A log that has no room for a twentieth of the disk. */
  private static final BenchNode.Settings TIGHT =
      new BenchNode.Settings("40MiB", "8MiB", "16MiB", "unlimited", "auto");

  private final Path launcher;
  private final long diskBytes;
  private final Series series;

  /** On a disk of which a twentieth is more than the tight log's 40 MiB. */
  SyncCell(Path launcher, long diskBytes, Series series) {
    this.launcher = launcher;
    this.diskBytes = diskBytes;
    this.series = series;
  }

  /** Joins with a copy that is equal, again and again. */
  void equalDisks(Path directory, int rounds) throws IOException {
    AtomicLong bytes = new AtomicLong();
    List<ByteRelay> relays = new ArrayList<>();
    BenchNode.Found relayed =
        port -> {
          ByteRelay relay = ByteRelay.open(port, bytes);
          relays.add(relay);
          return relay.port();
        };
    BenchPair.Site site =
        new BenchPair.Site(launcher, directory, diskBytes, BenchNode.Settings.ROOMY, relayed);
    try (BenchPair pair = BenchPair.alone(site)) {
      pair.addNode();
      DiskFile.write(pair.secondary().disk(), diskBytes);
      for (int round = 1; round <= rounds; round++) {
        long before = bytes.get();
        long begin = System.nanoTime();
        pair.join();
        pair.awaitCaughtUp();
        series.add(EQUAL_TIME, seconds(begin));
        series.add(EQUAL, 100.0 * requirePositive(bytes.get() - before) / diskBytes);
        pair.leaveDisk();
      }
    } finally {
      relays.forEach(ByteRelay::close);
    }
  }

  /** Joins with an empty disk, and is given up and comes again. */
  void afterOutage(Path directory, int rounds) throws IOException {
    BenchPair.Site site =
        new BenchPair.Site(launcher, directory, diskBytes, TIGHT, BenchNode.Found.DIRECTLY);
    try (BenchPair pair = BenchPair.alone(site)) {
      pair.addNode();
      for (int round = 1; round <= rounds; round++) {
        long begin = System.nanoTime();
        pair.join();
        pair.awaitCaughtUp();
        series.add(FULL, seconds(begin));
        series.add(DELTA, outage(pair, round));
        pair.leave();
      }
    }
  }

  private double outage(BenchPair pair, int round) throws IOException {
    pair.tellSecondary("pause-fetch");
    pair.tellSecondary("pause-sync");
    try (Load load = new Load(pair.target().url(), CHANGES, round)) {
      Load.Run _ =
          load.run(Load.Limit.of(WRITE_LIMIT).times(diskBytes / CHANGED_SHARE / REGION_BYTES));
    }
    pair.awaitApplied();
    long begin = System.nanoTime();
    pair.tellSecondary("resume-sync");
    pair.tellSecondary("resume-fetch");
    pair.awaitSyncedAnew();
    return seconds(begin);
  }

  private static long requirePositive(long relayed) throws IOException {
    if (relayed <= 0) {
      throw new IOException("the nodes went past the relay");
    }
    return relayed;
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** What is demanded of it. */
  static List<Figure> figures(Series series) {
    List<Figure> all = new ArrayList<>();
    series
        .median(EQUAL)
        .ifPresent(share ->
            all.add(
                new Figure(
                    "bytes to sync equal disks",
                    share,
                    "% of the disk",
                    new Bound.AtMost(2),
                    Figure.text(
                        "both ways, TLS included; %.1f s",
                        series.median(EQUAL_TIME).orElseThrow()))));
    series
        .median(FULL)
        .ifPresent(full -> {
          double delta = series.median(DELTA).orElseThrow();
          all.add(
              new Figure(
                  "full sync / sync of 5 %",
                  full / delta,
                  "",
                  new Bound.AtLeast(3),
                  Figure.text("%.1f s, %.1f s", full, delta)));
        });
    return all;
  }
}
