package io.tharsis.server.admin;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.tharsis.replication.control.AdminEndpoint;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.NodeControl;
import io.tharsis.replication.control.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;

/**
 * Serves the admin API of a node at a loopback address, each request on a virtual thread, and tells
 * in the data directory where. Whoever starts it closes it.
 */
public final class AdminServer implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 128;

  /** More than the API allows, so that the API can say so itself. */
  private static final int MAX_PAYLOAD_BYTES = 2 * AdminApi.MAX_BODY_BYTES;

  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final int MAX_PROLOGUE_BYTES = 2 << 10;
  private static final int TOKEN_BYTES = 32;

  /**
   * How long things may last.
   *
   * @param idle a connection on which nothing is asked; looked at twice in that time
   * @param finish a verb under way when the node stops; its thread is interrupted then
   */
  record Times(Duration idle, Duration finish) {}

  private static final Times USUAL = new Times(Duration.ofMinutes(1), Duration.ofSeconds(2));

  private final Path data;
  private final AdminEndpoint endpoint;
  private final WebServer server;

  private AdminServer(Path data, AdminEndpoint endpoint, WebServer server) {
    this.data = data;
    this.endpoint = endpoint;
    this.server = server;
  }

  /**
   * Listens, answers, and tells where.
   *
   * @param address resolved and loopback; port 0 takes a free one
   * @param data the node's data directory
   * @throws IOException if the address cannot be used or the directory not written
   */
  public static AdminServer start(InetSocketAddress address, Path data, NodeControl control)
      throws IOException {
    return start(address, data, control, USUAL);
  }

  static AdminServer start(InetSocketAddress address, Path data, NodeControl control, Times times)
      throws IOException {
    if (!address.getAddress().isLoopbackAddress()) {
      throw notLoopback(HostPort.of(address)).thrown();
    }
    String token = newToken();
    WebServer server = listen(address, new AdminApi(control, token), times);
    InetSocketAddress bound = new InetSocketAddress(address.getAddress(), server.port());
    AdminEndpoint endpoint = new AdminEndpoint(HostPort.of(bound), token);
    try {
      endpoint.tell(data);
    } catch (IOException untold) {
      server.stop();
      throw untold;
    }
    return new AdminServer(data, endpoint, server);
  }

  /** What to say of an address that others can reach. */
  public static Refusal notLoopback(HostPort address) {
    return Refusal.usage(
        "admin-not-loopback",
        "the admin API is not encrypted and cannot listen on "
            + address
            + ", which is not"
            + " loopback",
        "127.0.0.1:0, or ssh to the host");
  }

  /** The server only logs that it cannot listen: so that is found out before, and looked at. */
  private static WebServer listen(InetSocketAddress address, AdminApi api, Times times)
      throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException taken) {
      throw cannotListen(address, taken.getMessage()).thrown();
    }
    WebServer server = build(address, api, times).start();
    if (!server.isRunning()) {
      throw cannotListen(address, "the server did not start").thrown();
    }
    return server;
  }

  private static Refusal cannotListen(InetSocketAddress address, String reason) {
    return Refusal.host(
        "cannot-listen",
        "the admin API cannot listen on " + HostPort.of(address) + ": " + reason,
        "port 0 for a free port, or see who has it: ss -ltnp");
  }

  private static WebServer build(InetSocketAddress address, AdminApi api, Times times) {
    return WebServer.builder()
        .address(address.getAddress())
        .port(address.getPort())
        .maxPayloadSize(MAX_PAYLOAD_BYTES)
        .maxTcpConnections(MAX_CONNECTIONS)
        .idleConnectionTimeout(times.idle())
        .idleConnectionPeriod(times.idle().dividedBy(2))
        .shutdownGracePeriod(times.finish())
        .shutdownHook(false)
        .protocolsDiscoverServices(false)
        .addProtocol(
            Http1Config.builder()
                .maxHeadersSize(MAX_HEADER_BYTES)
                .maxPrologueLength(MAX_PROLOGUE_BYTES)
                .build())
        .directHandlers(malformed())
        .routing(routing -> routing.any((request, response) -> serve(api, request, response)))
        .build();
  }

  /** What is no HTTP that we speak is answered in the same form. */
  private static DirectHandlers malformed() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      handlers.addHandler(
          event,
          (request, type, status, headers, message) -> {
            Answer answer =
                Answer.refused(
                    status.code(),
                    Refusal.usage(
                        "malformed-request",
                        "the request is not one that is understood here: " + status.reasonPhrase(),
                        "HTTP/1.1, as docs/reference/admin-api.md tells"));
            return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderValues.CONTENT_TYPE_JSON)
                .keepAlive(false)
                .entity(answer.json())
                .build();
          });
    }
    return handlers.build();
  }

  private static void serve(AdminApi api, ServerRequest request, ServerResponse response)
      throws IOException {
    Answer answer =
        api.answer(
            new AdminApi.Call(
                request.prologue().method().text(),
                request.path().path(),
                request.query().first("resource").asOptional(),
                request.headers().first(HeaderNames.AUTHORIZATION),
                body(request)));
    response
        .status(answer.status())
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .header(HeaderValues.CACHE_NO_CACHE)
        .send(answer.json().getBytes(StandardCharsets.UTF_8));
  }

  /** What cannot be read is the server's to answer, by {@link #malformed}. */
  private static byte[] body(ServerRequest request) throws IOException {
    return request.content().hasEntity()
        ? request.content().inputStream().readNBytes(AdminApi.MAX_BODY_BYTES + 1)
        : new byte[0];
  }

  private static String newToken() {
    byte[] chance = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(chance);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(chance);
  }

  /** Where it listens. */
  public HostPort address() {
    return endpoint.address();
  }

  /**
   * Stops; verbs under way have a moment to be answered.
   *
   * @throws IOException if what the data directory tells cannot be taken back
   */
  @Override
  public void close() throws IOException {
    endpoint.takeBack(data);
    server.stop();
  }
}
