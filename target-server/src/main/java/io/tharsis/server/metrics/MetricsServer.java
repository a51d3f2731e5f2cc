package io.tharsis.server.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers {@code GET /metrics}, each request on a virtual thread. Whoever starts it closes it. */
public final class MetricsServer implements AutoCloseable {

  private static final int BACKLOG_CONNECTIONS = 16;
  private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int NO_BODY = -1;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private MetricsServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens and answers.
   *
   * @throws IOException if the address cannot be used
   */
  public static MetricsServer start(InetSocketAddress address, NodeMetrics metrics)
      throws IOException {
    MetricsServer started = new MetricsServer(HttpServer.create(address, BACKLOG_CONNECTIONS));
    started.server.createContext("/", exchange -> answer(exchange, metrics));
    started.server.setExecutor(started.threads);
    started.server.start();
    return started;
  }

  private static void answer(HttpExchange exchange, NodeMetrics metrics) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
        return;
      }
      switch (exchange.getRequestMethod()) {
        case "GET" -> send(exchange, metrics.scrape().getBytes(StandardCharsets.UTF_8));
        case "HEAD" -> exchange.sendResponseHeaders(OK, NO_BODY);
        default -> {
          exchange.getResponseHeaders().set("Allow", "GET, HEAD");
          exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, NO_BODY);
        }
      }
    }
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", TEXT_FORMAT);
    exchange.sendResponseHeaders(OK, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Stops at once; requests under way are cut off. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
