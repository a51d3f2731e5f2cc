package io.tharsis.it.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;

/**
 * Asks a primary and its secondary in turns how far they are, on a thread of its own, until it is
 * stopped; then says how old, at each look at the secondary, was what it had.
 *
 * <p>What is durable at the primary between two looks is taken as a straight line. So the
 * resolution is a look, some milliseconds.
 */
final class LagSampler {

  private static final Duration STEP = Duration.ofMillis(5);

  private final BenchPair pair;
  private final List<Look> primary = new ArrayList<>();
  private final List<Look> secondary = new ArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean stopping;

  private LagSampler(BenchPair pair) {
    this.pair = pair;
  }

  /** What a node said at a moment. */
  private record Look(long nanos, AdminClient.Replica replica) {}

  /**
   * What came of it, in milliseconds.
   *
   * @param logMillis median age of what the secondary's log had durably
   * @param logP99Millis its 99th percentile
   * @param diskMillis median age of what the secondary's disk had, up to its checkpoint
   * @param stepMillis median time between two looks at the primary
   */
  record Lags(double logMillis, double logP99Millis, double diskMillis, double stepMillis) {}

  /** Begins to look. */
  static LagSampler begin(BenchPair pair) {
    LagSampler sampler = new LagSampler(pair);
    Thread _ = Thread.ofPlatform().daemon().name("lag").start(sampler::run);
    return sampler;
  }

  private void run() {
    try {
      while (!stopping) {
        primary.add(look(pair.primary()));
        secondary.add(look(pair.secondary()));
        Loopback.pause(STEP);
      }
      primary.add(look(pair.primary()));
      ended.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  /** The moment is the middle of the question. */
  private static Look look(BenchNode node) throws IOException {
    long before = System.nanoTime();
    AdminClient.Replica replica = node.replica();
    long after = System.nanoTime();
    return new Look(before + (after - before) / 2, replica);
  }

  /** Ends it. */
  Lags stop() throws IOException {
    stopping = true;
    try {
      ended.get();
    } catch (ExecutionException e) {
      throw new IOException("nothing was seen of the lag", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    List<Double> log = lags(AdminClient.Replica::durableLsn);
    List<Double> disk = lags(AdminClient.Replica::checkpointLsn);
    List<Double> steps = new ArrayList<>();
    for (int i = 1; i < primary.size(); i++) {
      steps.add(millis(primary.get(i).nanos() - primary.get(i - 1).nanos()));
    }
    return new Lags(
        Statistics.median(log),
        Statistics.percentile(log, 99),
        Statistics.median(disk),
        Statistics.median(steps));
  }

  /** Looks at the secondary from before the primary's first are left out. */
  private List<Double> lags(ToLongFunction<AdminClient.Replica> mark) {
    List<Double> lags = new ArrayList<>();
    int at = 0;
    for (Look one : secondary) {
      long has = mark.applyAsLong(one.replica());
      while (at < primary.size() && primary.get(at).replica().durableLsn() < has) {
        at++;
      }
      if (at > 0 && at < primary.size()) {
        lags.add(Math.max(0, millis(one.nanos() - momentOf(has, at))));
      }
    }
    return lags;
  }

  /** When the primary had so much, between the look before {@code at} and that one. */
  private long momentOf(long lsn, int at) {
    Look before = primary.get(at - 1);
    Look after = primary.get(at);
    long from = before.replica().durableLsn();
    double share = (double) (lsn - from) / (after.replica().durableLsn() - from);
    return before.nanos() + Math.round(share * (after.nanos() - before.nanos()));
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
