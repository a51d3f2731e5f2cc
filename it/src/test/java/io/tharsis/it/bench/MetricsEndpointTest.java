package io.tharsis.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {

  private static final String TEXT =
      """
      # HELP x_total what x is
      # TYPE x_total counter
      x_total{resource="a b",volume="0"} 1.5E3
      x_total{resource="c"} 7 1700000000
      x_total_more 99
      y_total 12
      """;

  @Test
  void addsACounterUpOverItsLabels() throws IOException {
    assertThat(MetricsEndpoint.sum(TEXT, "x_total")).isEqualTo(1507);
    assertThat(MetricsEndpoint.sum(TEXT, "y_total")).isEqualTo(12);
  }

  @Test
  void aMissingCounterIsAnError() {
    assertThatThrownBy(() -> MetricsEndpoint.sum(TEXT, "z_total"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("z_total");
  }
}
