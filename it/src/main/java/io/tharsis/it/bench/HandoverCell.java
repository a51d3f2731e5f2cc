package io.tharsis.it.bench;

import io.tharsis.it.bench.Figure.Bound;
import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How long a writer waits while the role of primary moves under it: the longest that any command of
 * 4 KiB durable random writes took, depth 32, half of what the slower of both portals can do, all
 * through one session with the first node's portal.
 *
 * @param pair with a secondary that is caught up; the roles are as before when a round ends
 * @param handovers there and back again, so many times a round
 * @param backlogBytes of log that the next primary has not applied, in the second half of a round
 */
record HandoverCell(BenchPair pair, Series series, int handovers, long backlogBytes) {

  static final String PAUSE = "longest write while the role moves, ms";
  static final String PAUSE_BEHIND = "the same with log that is not applied, ms";

  private static final String PAUSE_AWAY = "of these, away from the portal, ms";
  static final String STILL = "longest write while it does not, ms";
  private static final String VERB = "the verb primary, ms";
  private static final String UNAPPLIED = "log that was not applied, MiB";

  /** Medians of some handovers each differ by that anyway. */
  private static final double NO_LONGER = 1.25;

  private static final Duration BEFORE = Duration.ofMillis(600);
  private static final Duration RUN = Duration.ofMillis(1800);
  private static final Duration MOST = Duration.ofSeconds(1);
  private static final Duration BACKLOG_LIMIT = Duration.ofMinutes(5);

  void round(int round) throws IOException {
    double most = Math.min(most(pair.primary(), round), most(pair.secondary(), round));
    pair.awaitCaughtUp();
    IscsiUrl portal = pair.primary().awaitLun();
    try (Load load = new Load(portal, Workload.STEADY, round);
        ExecutorService operator = Executors.newSingleThreadExecutor()) {
      Load.Limit half = Load.Limit.of(RUN).atMost(most / 2);
      series.add(STILL, longestMillis(load.run(half)));
      for (int i = 0; i < handovers; i++) {
        double away = moved(load, half, operator, pair.secondary());
        series.add(PAUSE, away);
        series.add(PAUSE_AWAY, away);
        series.add(PAUSE, moved(load, half, operator, pair.primary()));
        if (backlogBytes > 0) {
          series.add(PAUSE_BEHIND, movedBehind(load, half, operator));
          double _ = moved(load, half, operator, pair.primary());
        }
      }
    }
    pair.awaitCaughtUp();
  }

  private static double most(BenchNode node, int round) throws IOException {
    try (Load load = new Load(node.awaitLun(), Workload.STEADY, round)) {
      Load.Run run = load.run(MOST);
      return run.commands() * 1e9 / run.nanos();
    }
  }

  private double moved(Load load, Load.Limit half, ExecutorService operator, BenchNode next)
      throws IOException {
    pair.awaitEven();
    Future<Double> verb = operator.submit(primary(next));
    double pause = longestMillis(load.run(half));
    try {
      series.add(VERB, verb.get());
    } catch (ExecutionException e) {
      throw new IOException("the role did not move", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return pause;
  }

  private double movedBehind(Load load, Load.Limit half, ExecutorService operator)
      throws IOException {
    pair.tellSecondary("pause-replay");
    Load.Run _ =
        load.run(
            Load.Limit.of(BACKLOG_LIMIT)
                .times(Math.ceilDiv(backlogBytes, Workload.STEADY.blockBytes())));
    pair.awaitFetched();
    AdminClient.Replica next = pair.secondary().replica();
    series.add(UNAPPLIED, (next.durableLsn() - next.checkpointLsn()) / (double) (1 << 20));
    double pause = moved(load, half, operator, pair.secondary());
    pair.tellSecondary("resume-replay");
    return pause;
  }

  private static Callable<Double> primary(BenchNode next) {
    return () -> {
      Loopback.pause(BEFORE);
      long begin = System.nanoTime();
      next.tell("primary", Map.of("resource", BenchPair.RESOURCE));
      return (System.nanoTime() - begin) / 1e6;
    };
  }

  private static double longestMillis(Load.Run run) {
    return run.latencies().getMaxValue() / 1e6;
  }

  /**
   * Writes that come by the portal of the old primary are forwarded from then on, and by that of
   * the new one no more: only handovers of the same direction compare.
   */
  private static Figure compared(Series series, double behind) {
    double without = series.median(PAUSE_AWAY).orElseThrow();
    return new Figure(
        "handover pause, behind : without",
        behind / without,
        "",
        new Bound.AtMost(NO_LONGER),
        Figure.text("medians of handovers away from the portal, %.0f : %.0f ms", behind, without));
  }

  /** What follows from what was measured; nothing where nothing was. */
  static List<Figure> figures(Series series) {
    List<Figure> all = new ArrayList<>();
    for (String name : List.of(PAUSE, PAUSE_BEHIND)) {
      series
          .median(name)
          .ifPresent(median -> {
            String what = name.equals(PAUSE) ? "handover pause" : "handover pause, behind";
            String made =
                Figure.text(
                    "longest write; without a handover %.0f ms",
                    series.median(STILL).orElseThrow());
            all.add(new Figure(what + ", median", median, "ms", new Bound.AtMost(100), made));
            all.add(
                new Figure(what + ", max", series.most(name), "ms", new Bound.AtMost(500), made));
          });
    }
    series.median(PAUSE_BEHIND).ifPresent(behind -> all.add(compared(series, behind)));
    return all;
  }
}
