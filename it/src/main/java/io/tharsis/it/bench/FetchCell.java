package io.tharsis.it.bench;

import java.io.IOException;
import java.time.Duration;

/**
 * How fast a secondary fetches what was written while it did not fetch, beside what TLS moves over
 * loopback and what the primary's log takes.
 *
 * @param pair with a secondary that is caught up
 * @param backlogBytes written each round
 * @param tlsTime how long TLS is measured
 */
record FetchCell(
    BenchPair pair, TlsLoopback tls, Series series, long backlogBytes, Duration tlsTime) {

  static final String TLS = "TLS 1.3 over loopback, MB/s";
  static final String APPENDED = "durable 256 KiB writes, MB/s";
  static final String FETCHED = "backlog fetched, MB/s";

  private static final int WRITE_BYTES = 256 << 10;
  private static final Workload WRITES =
      new Workload(
          "seqwrite-256k-durable-d8",
          Workload.Access.SEQUENTIAL_WRITE,
          WRITE_BYTES,
          8,
          CacheMode.DURABLE);
  private static final Duration WRITE_LIMIT = Duration.ofMinutes(5);

  void round(int round) throws IOException {
    series.add(TLS, tls.megabytesPerSecond(tlsTime));
    pair.tellSecondary("pause-fetch");
    long before = pair.primary().replica().durableLsn();
    try (Load load = new Load(pair.target().url(), WRITES, round)) {
      Load.Run run =
          load.run(Load.Limit.of(WRITE_LIMIT).times(Math.ceilDiv(backlogBytes, WRITE_BYTES)));
      series.add(APPENDED, rate(pair.primary().replica().durableLsn() - before, run.nanos()));
    }
    pair.awaitApplied();
    long behind = pair.primary().replica().durableLsn() - pair.secondary().replica().durableLsn();
    long begin = System.nanoTime();
    pair.tellSecondary("resume-fetch");
    pair.awaitFetched();
    series.add(FETCHED, rate(behind, System.nanoTime() - begin));
    pair.awaitCaughtUp();
  }

  private static double rate(long bytes, long nanos) {
    return bytes * 1e3 / nanos;
  }
}
