package io.tharsis.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the report concludes from the rounds. */
class ResultsTest {

  private static final Workload SEQUENTIAL_WRITE =
      Workload.ALL.stream()
          .filter(one -> one.yardstick() == Workload.Yardstick.HALF_DEVICE)
          .findFirst()
          .orElseThrow();

  private final Results results = new Results();

  private void add(Workload workload, String peer, long commands) {
    results.add(new Measurement(workload, peer, 1, commands, 2, 10, 20, 30, 40, 5));
  }

  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheMiddle() {
    assertThat(Statistics.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
    assertThat(Statistics.median(List.of(9.0, 1.0, 5.0, 4.0))).isEqualTo(4.5);
    assertThatThrownBy(() -> Statistics.median(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theScoreIsOurMedianThroughputByTheReferences() {
    add(Workload.STEADY, Results.REFERENCE, 1000);
    add(Workload.STEADY, Results.REFERENCE, 2000);
    add(Workload.STEADY, Results.REFERENCE, 90_000);
    assertThat(results.score(Workload.STEADY)).isEmpty();
    add(Workload.STEADY, Results.OURS, 3000);
    assertThat(results.median(Workload.STEADY, Results.REFERENCE, Metric.IOPS)).hasValue(1000);
    assertThat(results.score(Workload.STEADY)).hasValue(1.5);
    assertThat(results.ratio(Workload.STEADY, Metric.P99_MICROS)).hasValue(1);
    assertThat(Workload.STEADY.requiredScore()).isEqualTo(1.5);
  }

  @Test
  void sequentialDurableWritesCountAgainstHalfOfTheDevice() {
    add(SEQUENTIAL_WRITE, Results.OURS, 2000);
    assertThat(results.score(SEQUENTIAL_WRITE)).isEmpty();
    results.addDevice(262.144);
    assertThat(results.score(SEQUENTIAL_WRITE).orElseThrow()).isCloseTo(1.0, within(1e-9));
  }

  @Test
  void everyMetricHasItsPlaceInTheTable() {
    add(Workload.STEADY, Results.REFERENCE, 1000);
    add(Workload.STEADY, Results.OURS, 1400);
    String table = Table.of(results);
    for (Metric metric : Metric.values()) {
      assertThat(table).contains(metric.title());
    }
    assertThat(table).contains("500.0", "700.0", "1.40x", "1.40 of tgt, required 1.5: SHORT");
  }
}
