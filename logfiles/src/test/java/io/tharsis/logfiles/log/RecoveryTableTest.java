package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.RecoveryTable.Evidence;
import io.tharsis.logfiles.log.RecoveryTable.Row;
import io.tharsis.logfiles.log.RecoveryTable.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Walks every combination of what recovery can see at one place of the log. */
final class RecoveryTableTest {

  private static List<Evidence> everything() {
    List<Evidence> all = new ArrayList<>();
    for (int bits = 0; bits < 64; bits++) {
      all.add(evidence(bits));
    }
    return all;
  }

  private static Evidence evidence(int bits) {
    return new Evidence(
        (bits & 1) != 0,
        (bits & 2) != 0,
        (bits & 4) != 0,
        (bits & 8) != 0,
        (bits & 16) != 0,
        (bits & 32) != 0);
  }

  private static Evidence evidence(String seen) {
    int bits = 0;
    for (int i = 0; i < 6; i++) {
      bits |= seen.charAt(i) == 'Y' ? 1 << i : 0;
    }
    return evidence(bits);
  }

  @Test
  void everyCombinationHasOneAnswer() {
    for (Evidence seen : everything()) {
      List<Row> matching = RecoveryTable.all().stream().filter(row -> row.matches(seen)).toList();
      assertThat(matching).as("%s", seen).isNotEmpty();
      assertThat(RecoveryTable.decide(seen)).isSameAs(matching.getFirst());
      boolean contradiction = matching.getFirst().verdict() == Verdict.REFUSE;
      if (!contradiction) {
        assertThat(matching).as("%s", seen).hasSize(1);
      }
    }
  }

  @Test
  void everyRowDecidesSomethingAndSaysWhy() {
    Set<Row> deciding = new LinkedHashSet<>();
    everything().forEach(seen -> deciding.add(RecoveryTable.decide(seen)));
    assertThat(deciding).containsExactlyInAnyOrderElementsOf(RecoveryTable.all());
    assertThat(RecoveryTable.all()).allSatisfy(row -> assertThat(row.reason()).isNotBlank());
  }

  /** What a bug or a foreign file shows is refused, and nothing else is. */
  @Test
  void contradictionsAreRefusedAndNothingElse() {
    for (Evidence seen : everything()) {
      boolean contradiction =
          (seen.bodyOk() && !seen.headerOk())
              || (seen.belowCheckpoint() && !seen.belowHorizon())
              || (seen.belowHorizon() && !seen.provedDurable())
              || (seen.belowCheckpoint() && !seen.provedDurable());
      assertThat(RecoveryTable.decide(seen).verdict() == Verdict.REFUSE)
          .as("%s", seen)
          .isEqualTo(contradiction);
    }
  }

  /** Nothing that was proved durable is ever cut, whatever else is seen. */
  @Test
  void onlyWhatWasNeverProvedIsCut() {
    for (Evidence seen : everything()) {
      Verdict verdict = RecoveryTable.decide(seen).verdict();
      if (verdict == Verdict.CUT) {
        assertThat(seen.provedDurable() || seen.belowHorizon()).as("%s", seen).isFalse();
        assertThat(seen.headerOk() && seen.bodyOk()).as("%s", seen).isFalse();
      }
      if (verdict == Verdict.FORGET) {
        assertThat(seen.belowCheckpoint()).as("%s", seen).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "YYYYYY, KEEP",
    "YYNNNN, KEEP",
    "YYYYNN, KEEP",
    "NNNNNN, CUT",
    "YNNNNN, CUT",
    "YNYNNN, CUT",
    "YNYYNN, FETCH_OR_REFUSE",
    "NNNYNN, FETCH_OR_REFUSE",
    "YNYYYN, FETCH_OR_INCONSISTENT",
    "NNNYYN, FETCH_OR_INCONSISTENT",
    "NNNYYY, FORGET",
    "YNYYYY, FORGET",
    "NYNNNN, REFUSE",
    "YYYYNY, REFUSE",
    "YYYNYN, REFUSE"
  })
  void keyRows(String seen, Verdict verdict) {
    assertThat(RecoveryTable.decide(evidence(seen)).verdict()).isEqualTo(verdict);
  }
}
