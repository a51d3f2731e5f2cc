package io.tharsis.it.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The metrics of a node that was started with {@code --metrics 127.0.0.1:0}. */
public final class NodeMetrics implements AutoCloseable {

  private static final String ANNOUNCEMENT = "metrics at ";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;

  /** Finds out from its diagnostics where it serves them. */
  public NodeMetrics(ServeProcess serve) throws IOException {
    Condition.await("the metrics of the node", LIMIT, () -> announced(serve).isPresent());
    address = announced(serve).orElseThrow();
  }

  private static Optional<URI> announced(ServeProcess serve) throws IOException {
    return serve.saidLines().stream()
        .filter(line -> line.contains(ANNOUNCEMENT))
        .map(line -> URI.create(line.substring(line.indexOf("http"))))
        .findFirst();
  }

  /** Everything, as Prometheus reads it. */
  public String text() throws IOException {
    try {
      return client
          .send(
              HttpRequest.newBuilder(address).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * One number; NaN where there is none.
   *
   * @param series name and labels, as in {@code tharsis_unapplied_bytes{resource="a"}}
   */
  public double value(String series) throws IOException {
    return text()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Waits until the applier of a resource is in this state. */
  public void awaitApplier(String resource, String state) throws IOException {
    String series =
        "tharsis_applier_state{resource=\"%s\",state=\"%s\"}".formatted(resource, state);
    Condition.await(series, LIMIT, () -> value(series) == 1);
  }

  /** Waits until the disk of a resource has everything that its log has. */
  public void awaitApplied(String resource) throws IOException {
    String series = "tharsis_unapplied_bytes{resource=\"%s\"}".formatted(resource);
    Condition.await(series + " to become 0", LIMIT, () -> value(series) == 0);
  }

  @Override
  public void close() {
    client.close();
  }
}
