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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Runs every test of libiscsi's suite, each in a process of its own and with a time limit, and
 * compares with {@code it/conformance.tsv}. A result that differs from the table fails, also where
 * it is better: the table is what the project claims.
 */
class ConformanceIT {

  private final Path table = Checkout.find().home().resolve("it/conformance.tsv");

  @Test
  void tableNamesEveryTestOfTheSuite() throws IOException {
    List<String> suite =
        Program.of("iscsi-test-cu", "--list")
            .run(SuiteRun.LIMIT)
            .ok()
            .lines()
            .map(String::strip)
            .filter(name ->
                name.startsWith(SuiteRun.ALL) && name.indexOf('.', SuiteRun.ALL.length()) > 0)
            .map(name -> name.substring(SuiteRun.ALL.length()))
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
        String test = expectation.test();
        SuiteRun run = SuiteRun.of(test, paths(test, serve.url("lun")));
        found.add(run.verdict());
        if (run.verdict() != expectation.verdict()) {
          surprises.add(
              "%s: expected %s, found %s%n%s"
                  .formatted(
                      test,
                      expectation.verdict().word(),
                      run.verdict().word(),
                      run.output().indent(4)));
        }
        assertThat(serve.isAlive()).as("the target after %s", test).isTrue();
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

  /** Two sessions with the one portal there is, for what is about several paths. */
  private static List<IscsiUrl> paths(String test, IscsiUrl lun) {
    return test.startsWith("MultipathIO.") ? List.of(lun, lun) : List.of(lun);
  }
}
