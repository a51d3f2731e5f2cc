package io.tharsis.it.cluster;

import io.tharsis.it.process.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes what is sent into a network device slow, by root with {@code tc}. */
final class SlowLine {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private SlowLine() {}

  /**
   * Begins.
   *
   * @param rate as {@code tc} has it, {@code 4mbit} for instance
   * @return whether this kernel can do that
   */
  static boolean begin(String device, String rate) throws IOException {
    List<Object> words = new ArrayList<>(List.of("tc", "qdisc", "add", "dev", device, "root"));
    words.addAll(List.of("tbf", "rate", rate, "burst", "32kb", "latency", "100ms"));
    return Program.of(words.toArray()).run(LIMIT).status() == 0;
  }

  /** Ends {@link #begin}. */
  static void end(String device) throws IOException {
    String _ = Program.of("tc", "qdisc", "delete", "dev", device, "root").run(LIMIT).ok();
  }
}
