package io.tharsis.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.conformance.Expectation.Verdict;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Program;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Runs every test of libiscsi's suite, each in a process of its own and with a time limit, and
 * compares with {@code it/conformance.tsv}. A result that differs from the table fails, also where
 * it is better: the table is what the project claims.
 */
class ConformanceIT {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String ALL = "ALL.";

  /** What a test prints about itself comes before its result; the suite's own follows behind. */
  private static final Pattern END =
      Pattern.compile(
          "Test: \\S+ \\.\\.\\.(.*?)(?<![\\[A-Za-z])(passed|FAILED)(?!])", Pattern.DOTALL);

  private final Path table = Checkout.find().home().resolve("it/conformance.tsv");

  @Test
  void tableNamesEveryTestOfTheSuite() throws IOException {
    List<String> suite =
        Program.of("iscsi-test-cu", "--list")
            .run(LIMIT)
            .ok()
            .lines()
            .map(String::strip)
            .filter(name -> name.startsWith(ALL) && name.indexOf('.', ALL.length()) > 0)
            .map(name -> name.substring(ALL.length()))
            .distinct()
            .toList();

    assertThat(Expectation.read(table))
        .extracting(Expectation::test)
        .containsExactlyInAnyOrderElementsOf(suite);
  }

  @Test
  void everyTestFindsWhatTheTableSays() throws IOException {
    Path directory = Checkout.find().workDirectory("conformance");
    List<String> surprises = new ArrayList<>();
    List<Verdict> found = new ArrayList<>();
    ServePlan plan =
        ServePlan.of(
            directory.resolve("data"), "lun=" + directory.resolve("disk") + ",size=512MiB");
    try (ServeProcess serve = ServeProcess.ready(plan)) {
      for (Expectation expectation : Expectation.read(table)) {
        Program.Outcome outcome = run(expectation.test(), serve.url("lun"));
        found.add(verdict(outcome));
        if (verdict(outcome) != expectation.verdict()) {
          surprises.add(
              "%s: expected %s, found %s%n%s"
                  .formatted(
                      expectation.test(),
                      expectation.verdict().word(),
                      verdict(outcome).word(),
                      outcome.output().indent(4)));
        }
        assertThat(serve.isAlive()).as("the target after %s", expectation.test()).isTrue();
      }
      System.out.println(
          "ConformanceIT: "
              + found.stream()
                  .collect(Collectors.groupingBy(Verdict::word, Collectors.counting())));
      assertThat(surprises).as(() -> String.join("\n", surprises)).isEmpty();
      assertThat(serve.stop()).isZero();
    }
    Checkout.remove(directory);
  }

  private static Program.Outcome run(String test, IscsiUrl url) throws IOException {
    return Program.of("iscsi-test-cu", "--dataloss", "--verbose", "--test=" + ALL + test, url)
        .run(LIMIT);
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
