package io.tharsis.logfiles.scenario;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Runs one seed after the other, until one fails or as many as were asked for have passed. The
 * number of the next seed is kept in a file, so that a run that was ended goes on where it was.
 *
 * <pre>Soak FIRST [COUNT [PROGRESS-FILE]]</pre>
 */
public final class Soak {

  private static final int SEEDS_PER_LINE = 100;
  private static final int FAILED = 1;
  private static final int USAGE = 64;

  private final PrintStream out;
  private final Path progress;
  private final Map<Scenario.Outcome, Long> outcomes = new EnumMap<>(Scenario.Outcome.class);
  private final long begun = System.nanoTime();
  private long lives;
  private long events;

  private Soak(PrintStream out, Path progress) {
    this.out = out;
    this.progress = progress;
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 1 || arguments.length > 3) {
      System.err.println("Soak FIRST [COUNT [PROGRESS-FILE]]");
      System.exit(USAGE);
    }
    long first = Long.parseLong(arguments[0]);
    long count = arguments.length > 1 ? Long.parseLong(arguments[1]) : Long.MAX_VALUE;
    Path progress = Path.of(arguments.length > 2 ? arguments[2] : "soak-progress");
    if (arguments.length > 2 && Files.exists(progress)) {
      long next = Long.parseLong(Files.readString(progress, StandardCharsets.UTF_8).trim());
      count -= Math.max(0, next - first);
      first = Math.max(first, next);
    }
    if (!new Soak(System.out, progress).run(first, count, arguments.length > 2)) {
      System.exit(FAILED);
    }
  }

  private boolean run(long first, long count, boolean keep) throws IOException {
    for (long n = 0; n < count; n++) {
      long seed = first + n;
      try {
        Scenario.Result result = Scenario.run(seed);
        outcomes.merge(result.outcome(), 1L, Long::sum);
        lives += result.lives();
        events += result.events();
      } catch (RuntimeException | Error failure) {
        failure.printStackTrace(out);
        out.println("seed " + seed + " fails; replay: " + Replay.command(seed));
        return false;
      }
      if (keep) {
        Files.writeString(progress, Long.toString(seed + 1), StandardCharsets.UTF_8);
      }
      if ((n + 1) % SEEDS_PER_LINE == 0 || n + 1 == count) {
        report(n + 1, seed);
      }
    }
    return true;
  }

  private void report(long seeds, long last) {
    double seconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1e3;
    out.printf(
        "%d seeds to %d, %d lives, %d events, %s, %.0f s, %.1f seeds/s%n",
        seeds, last, lives, events, outcomes, seconds, seeds / seconds);
  }
}
