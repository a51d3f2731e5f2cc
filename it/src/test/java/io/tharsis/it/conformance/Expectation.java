package io.tharsis.it.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One line of the table: what a test of the suite is expected to find.
 *
 * @param test its name, {@code FAMILY.TEST}
 * @param verdict what it finds
 * @param reason why it is not a pass; may be empty for a pass
 */
public record Expectation(String test, Verdict verdict, String reason) {

  /** What a test finds. */
  public enum Verdict {
    PASS,
    /** The test looked and found that it does not apply. */
    SKIP,
    /** The test found something wrong. */
    FAIL,
    /** The test did not end, or not by itself. */
    HANG;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Verdict of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  public Expectation {
    if (verdict != Verdict.PASS && reason.isBlank()) {
      throw new IllegalArgumentException(test + ": " + verdict.word() + " needs a reason");
    }
  }

  /** Reads the table: test, verdict and reason, with tabs between; {@code #} begins a comment. */
  public static List<Expectation> read(Path table) throws IOException {
    return Files.readAllLines(table).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .map(cells ->
            new Expectation(cells[0], Verdict.of(cells[1]), cells.length > 2 ? cells[2] : ""))
        .toList();
  }
}
