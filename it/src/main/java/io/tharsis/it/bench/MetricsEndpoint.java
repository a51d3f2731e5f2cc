package io.tharsis.it.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Reads the counters of the applier from the Prometheus text of {@code tharsis serve --metrics}.
 */
final class MetricsEndpoint implements ApplyProgress {

  private static final String APPENDED = "tharsis_log_appended_bytes_total";
  private static final String APPLIED = "tharsis_applied_bytes_total";
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final URI address;

  MetricsEndpoint(URI address) {
    this.address = address;
  }

  @Override
  public Bytes read() throws IOException {
    try {
      HttpRequest request = HttpRequest.newBuilder(address).timeout(LIMIT).build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(address + " answers " + response.statusCode());
      }
      return new Bytes(sum(response.body(), APPENDED), sum(response.body(), APPLIED));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The sum of a counter over all its labels. */
  static long sum(String text, String counter) throws IOException {
    double sum = 0;
    int found = 0;
    for (String line : text.lines().toList()) {
      boolean named = line.startsWith(counter + " ") || line.startsWith(counter + "{");
      if (named) {
        String rest =
            line.substring(
                line.startsWith(counter + "{") ? line.lastIndexOf('}') + 1 : counter.length());
        sum += Double.parseDouble(rest.strip().split(" ", -1)[0]);
        found++;
      }
    }
    if (found == 0) {
      throw new IOException("no " + counter + " among the metrics");
    }
    return Math.round(sum);
  }
}
