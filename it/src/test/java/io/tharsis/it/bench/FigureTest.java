package io.tharsis.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tharsis.it.bench.LinkCell.Link;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is concluded from what replication cost. */
class FigureTest {

  private final Series series =
      new Series(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));

  private Figure only() {
    List<Figure> all = Figure.of(series);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void nothingFollowsFromNothing() {
    assertThat(Figure.of(series)).isEmpty();
  }

  @Test
  void theFetchRateIsDividedByTheSlowerOfTlsAndAppend() {
    List.of(60.0, 1.0, 70.0).forEach(value -> series.add(FetchCell.FETCHED, value));
    series.add(FetchCell.TLS, 1000);
    series.add(FetchCell.APPENDED, 100);
    assertThat(only().value()).isCloseTo(0.6, within(1e-9));
    assertThat(only().isMet()).isFalse();
    series.add(FetchCell.APPENDED, 60);
    assertThat(only().value()).isCloseTo(0.75, within(1e-9));
    assertThat(only().isMet()).isTrue();
  }

  @Test
  void theCpuOfAWriteMayGrowByAQuarter() {
    series.add(LinkCell.cpu(Link.UP), 12.5);
    assertThat(Figure.of(series)).isEmpty();
    series.add(LinkCell.cpu(Link.NONE), 10);
    assertThat(only().isMet()).isTrue();
    series.add(LinkCell.cpu(Link.UP), 12.7);
    assertThat(only().isMet()).isFalse();
  }

  @Test
  void forwardingKeepsFourTenthsOfTheRate() {
    series.add(ForwardCell.rate(Workload.STEADY, ForwardCell.Portal.LOCAL), 1000);
    series.add(ForwardCell.rate(Workload.STEADY, ForwardCell.Portal.FORWARDED), 400);
    assertThat(only().value()).isCloseTo(0.4, within(1e-9));
    assertThat(only().isMet()).isTrue();
    List.of(390.0, 391.0).forEach(value -> forwarded(Workload.STEADY, value));
    assertThat(only().isMet()).isFalse();
  }

  private void forwarded(Workload workload, double rate) {
    series.add(ForwardCell.rate(workload, ForwardCell.Portal.FORWARDED), rate);
  }

  @Test
  void forwardingAddsItsTimeToTheMedian() {
    Workload single =
        Workload.ALL.stream()
            .filter(one -> one.name().equals("randread-d1"))
            .findFirst()
            .orElseThrow();
    for (ForwardCell.Portal portal : ForwardCell.Portal.values()) {
      series.add(ForwardCell.rate(single, portal), 1000);
      series.add(ForwardCell.p50(single, portal), portal == ForwardCell.Portal.LOCAL ? 200 : 349);
    }
    assertThat(only().value()).isCloseTo(149, within(1e-9));
    assertThat(only().isMet()).isTrue();
    series.add(ForwardCell.p50(single, ForwardCell.Portal.LOCAL), 100);
    assertThat(only().isMet()).isFalse();
  }

  @Test
  void aPauseIsBoundInItsMedianAndInItsLongest() {
    series.add(HandoverCell.STILL, 10);
    List.of(50.0, 90.0, 501.0).forEach(value -> series.add(HandoverCell.PAUSE, value));
    assertThat(Figure.of(series)).extracting(Figure::isMet).containsExactly(true, false);
    assertThat(Figure.of(series)).extracting(Figure::value).containsExactly(90.0, 501.0);
  }

  @Test
  void thePercentileIsTheSmallestThatSoManyDoNotExceed() {
    assertThat(Statistics.percentile(List.of(4.0, 2.0, 3.0, 1.0), 50)).isEqualTo(2);
    assertThat(Statistics.percentile(List.of(4.0, 2.0, 3.0, 1.0), 99)).isEqualTo(4);
    assertThat(Statistics.percentile(List.of(7.0), 1)).isEqualTo(7);
  }
}
