package io.tharsis.it.conformance;

import io.tharsis.it.conformance.Expectation.Verdict;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One test of libiscsi's suite in a process of its own, with {@code --dataloss}, and what it found.
 *
 * @param verdict what it found
 * @param output all that it said
 */
public record SuiteRun(Verdict verdict, String output) {

  static final Duration LIMIT = Duration.ofSeconds(40);
  static final String ALL = "ALL.";

  /** What a test prints about itself comes before its result; the suite's own follows behind. */
  private static final Pattern END =
      Pattern.compile(
          "Test: \\S+ \\.\\.\\.(.*?)(?<![\\[A-Za-z])(passed|FAILED)(?!])", Pattern.DOTALL);

  /**
   * Runs one.
   *
   * @param test its name, {@code FAMILY.TEST}
   * @param paths to the LUN: one, or two for the family {@code MultipathIO}
   */
  public static SuiteRun of(String test, List<IscsiUrl> paths) throws IOException {
    List<Object> words =
        new ArrayList<>(
            List.of("iscsi-test-cu", "--dataloss", "--verbose", "--test=" + ALL + test));
    words.addAll(paths);
    Program.Outcome outcome = Program.of(words.toArray()).run(LIMIT);
    return new SuiteRun(verdict(outcome), outcome.output());
  }

  private static Verdict verdict(Program.Outcome outcome) {
    Matcher end = END.matcher(outcome.output());
    if (outcome.status() == Program.Outcome.TIMED_OUT || !end.find()) {
      return Verdict.HANG;
    }
    if (end.group(2).equals("FAILED")) {
      return Verdict.FAIL;
    }
    return end.group(1).contains("[SKIPPED]") ? Verdict.SKIP : Verdict.PASS;
  }
}
