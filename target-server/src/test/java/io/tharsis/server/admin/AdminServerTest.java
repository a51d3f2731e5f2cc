package io.tharsis.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.replication.control.AdminEndpoint;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.FakeNode;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.Samples;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.json.OutcomeJson;
import io.tharsis.replication.control.json.RefusalJson;
import io.tharsis.replication.control.json.RequestJson;
import io.tharsis.replication.control.json.ViewJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The admin API over real sockets, with a fake node behind it: whatever is sent, it answers. */
class AdminServerTest {

  private static final int PATIENCE_MILLIS = 20_000;
  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private static final List<Logger> PROVOKED =
      List.of(
          Logger.getLogger("io.tharsis.server.admin"),
          Logger.getLogger("io.helidon.webserver.http1.Http1Connection"));

  @TempDir private Path data;

  private final FakeNode node = new FakeNode();
  private AdminServer server;
  private AdminEndpoint endpoint;

  /** What came back. */
  private record Reply(int status, String head, String body) {
    String code() throws IOException {
      return RefusalJson.read(body).getFirst().code();
    }
  }

  /**
   * What is provoked here is told in the diagnostics of a node, and would be in those of a test.
   */
  @BeforeAll
  static void silence() {
    PROVOKED.forEach(logger -> logger.setLevel(Level.OFF));
  }

  @AfterAll
  static void speak() {
    PROVOKED.forEach(logger -> logger.setLevel(null));
  }

  @BeforeEach
  void start() throws IOException {
    server = AdminServer.start(loopback(), data, node);
    endpoint = AdminEndpoint.find(data);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private Reply raw(String text) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(endpoint.address().resolve(), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return reply(socket.getInputStream());
    }
  }

  /** The server leaves it to the client to close. */
  private static Reply reply(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      assertThat(next).as("after " + head).isNotNegative();
      head.append((char) next);
    }
    Matcher length = CONTENT_LENGTH.matcher(head);
    assertThat(length.find()).as(head.toString()).isTrue();
    byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
    return new Reply(
        Integer.parseInt(head.substring(9, 12)),
        head.toString(),
        new String(body, StandardCharsets.UTF_8));
  }

  private Reply send(String method, String path, String body) throws IOException {
    return send(method, path, body, "Bearer " + endpoint.token());
  }

  private Reply send(String method, String path, String body, String authorization)
      throws IOException {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return raw(
        "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(method, path, authorization, length, body));
  }

  static List<Command> commands() {
    return Samples.commands();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyVerbReachesTheNode(Command command) throws IOException {
    Request request = new Request(command, Duration.ofSeconds(7), true);
    Reply reply = send("POST", "/v1/" + command.verb(), RequestJson.write(request));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.head()).contains("application/json");
    assertThat(OutcomeJson.read(reply.body()))
        .isEqualTo(new Outcome.Done(true, List.of("it was done")));
    assertThat(node.requests()).containsExactly(request);
  }

  @Test
  void viewsAllAndOne() throws IOException {
    assertThat(ViewJson.read(send("GET", "/v1/view", "").body())).isEqualTo(Samples.view());
    assertThat(ViewJson.read(send("GET", "/v1/view?resource=vm", "").body()))
        .isEqualTo(Samples.view().only("vm"));
    Reply unknown = send("GET", "/v1/view?resource=nix", "");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.code()).isEqualTo("no-such-resource");
  }

  @ParameterizedTest
  @EnumSource
  void refusalsHaveTheirStatus(Refusal.Kind kind) throws IOException {
    Refusal refusal = new Refusal(kind, "is-so", "It is so", "something else");
    node.answers(() -> {
      throw refusal.thrown();
    });
    Reply reply = turn();
    assertThat(reply.status())
        .isEqualTo(
            switch (kind) {
              case USAGE -> 400;
              case FORBIDDEN -> 409;
              case HOST -> 503;
              case LATE -> 504;
            });
    assertThat(RefusalJson.read(reply.body())).containsExactly(refusal);
  }

  private Reply turn() throws IOException {
    return send("POST", "/v1/attach", "{\"resource\":\"vm\",\"deadlineMillis\":1000}");
  }

  /** What no node would accept does not reach it; all of it is said at once. */
  @Test
  void theFormIsCheckedFirst() throws IOException {
    Reply reply =
        send(
            "POST",
            "/v1/create-resource",
            "{\"resource\":\"../x\",\"disk\":\"d\",\"deadlineMillis\":1000}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(RefusalJson.read(reply.body()))
        .extracting(Refusal::code)
        .containsExactly("resource-name", "disk-path");
    assertThat(node.requests()).isEmpty();
  }

  @Test
  void whoHasNoTokenIsToldNothing() throws IOException {
    for (String authorization :
        List.of("", "Bearer", "Bearer x", "Basic " + endpoint.token(), endpoint.token())) {
      Reply reply = send("GET", "/v1/view", "", authorization);
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.code()).isEqualTo("unauthorized");
      assertThat(reply.body()).doesNotContain("vm");
    }
    Reply none = raw("GET /v1/nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(none.status()).isEqualTo(401);
  }

  @Test
  void pathsAndMethods() throws IOException {
    assertThat(send("GET", "/", "").status()).isEqualTo(404);
    assertThat(send("GET", "/v2/view", "").code()).isEqualTo("unknown-path");
    assertThat(send("POST", "/v1/view/x", "").status()).isEqualTo(404);
    assertThat(send("GET", "/v1/attach", "").status()).isEqualTo(405);
    assertThat(send("DELETE", "/v1/view", "").code()).isEqualTo("wrong-method");
    Reply verb = send("POST", "/v1/explode", "{}");
    assertThat(verb.status()).isEqualTo(400);
    assertThat(verb.code()).isEqualTo("unknown-verb");
    assertThat(node.requests()).isEmpty();
  }

  @Test
  void garbageIsAnsweredInTheSameForm() throws IOException {
    assertThat(send("POST", "/v1/attach", "not json").code()).isEqualTo("malformed-request");
    Reply line = raw("GARBAGE\r\n\r\n");
    assertThat(line.status()).isEqualTo(400);
    assertThat(line.code()).isEqualTo("malformed-request");
    Reply header = raw("GET /v1/view HTTP/1.1\r\nX: " + "y".repeat(20_000) + "\r\n\r\n");
    assertThat(header.status()).isBetween(400, 499);
    assertThat(header.code()).isEqualTo("malformed-request");
    assertThat(node.requests()).isEmpty();
  }

  @Test
  void whatIsTooLongIsRefused() throws IOException {
    Reply told = send("POST", "/v1/attach", " ".repeat(AdminApi.MAX_BODY_BYTES + 1));
    assertThat(told.status()).isEqualTo(413);
    String chunk = "2ffff\r\n" + " ".repeat(0x2ffff) + "\r\n";
    Reply untold =
        raw(
            "POST /v1/attach HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + endpoint.token()
                + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + chunk
                + chunk
                + "0\r\n\r\n");
    assertThat(untold.status()).isEqualTo(413);
    assertThat(node.requests()).isEmpty();
  }

  /** Callers learn that it failed; where it failed is for the diagnostics. */
  @Test
  void ourFaultsAreNotToldInDetail() throws IOException {
    node.shows(() -> {
      throw new IllegalStateException("secret inside");
    });
    Reply reply = send("GET", "/v1/view", "");
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.code()).isEqualTo("bug");
    assertThat(reply.body()).doesNotContain("secret").doesNotContain("Exception");
    node.shows(Samples::lonely);
    assertThat(send("GET", "/v1/view", "").status()).isEqualTo(200);
  }

  /** A verb that waits keeps nobody else waiting. */
  @Test
  void verbsThatWaitDoNotBlockOthers() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    node.answers(() -> await(inside, go));
    CompletableFuture<Reply> waiting = inBackground(this::turn);
    inside.await();
    assertThat(send("GET", "/v1/view", "").status()).isEqualTo(200);
    assertThat(waiting).isNotDone();
    go.countDown();
    assertThat(waiting.join().status()).isEqualTo(200);
  }

  /** Idle connections end; one on which a verb waits, however long, is not idle. */
  @Test
  void idleConnectionsEndAndWaitingOnesDoNot() throws Exception {
    server.close();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    node.answers(() -> await(inside, go));
    server = start(new AdminServer.Times(Duration.ofMillis(100), Duration.ofSeconds(2)));
    CompletableFuture<Reply> waiting = inBackground(this::turn);
    inside.await();
    for (int i = 0; i < 3; i++) {
      try (Socket idle = new Socket()) {
        idle.connect(endpoint.address().resolve(), PATIENCE_MILLIS);
        idle.setSoTimeout(PATIENCE_MILLIS);
        assertThat(idle.getInputStream().read()).isNegative();
      }
    }
    go.countDown();
    assertThat(waiting.join().status()).isEqualTo(200);
  }

  /** A verb that waits does not keep a node from stopping. */
  @Test
  void stoppingEndsWhatWaits() throws Exception {
    server.close();
    CountDownLatch inside = new CountDownLatch(1);
    node.answers(() -> await(inside, new CountDownLatch(1)));
    server = start(new AdminServer.Times(Duration.ofMinutes(1), Duration.ofMillis(100)));
    CompletableFuture<Reply> waiting = inBackground(this::turn);
    inside.await();
    server.close();
    // answered or cut off, but not left waiting
    assertThat(waiting.handle((reply, cut) -> true).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
        .isTrue();
    assertThatThrownBy(() -> AdminEndpoint.find(data)).hasMessageContaining("[no-node]");
  }

  private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(work.call());
          } catch (Throwable failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  private AdminServer start(AdminServer.Times times) throws IOException {
    AdminServer started = AdminServer.start(loopback(), data, node, times);
    endpoint = AdminEndpoint.find(data);
    return started;
  }

  private static Outcome await(CountDownLatch inside, CountDownLatch go) throws RefusedException {
    inside.countDown();
    try {
      go.await();
    } catch (InterruptedException stopped) {
      throw Refusal.late("stopped", "The node stops", "again later").thrown();
    }
    return Outcome.Done.already("it is");
  }

  @Test
  void onlyTheOwnerCanReadWhereItIs() throws IOException {
    assertThat(Files.getPosixFilePermissions(data.resolve("admin")))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    assertThat(endpoint.toString()).doesNotContain(endpoint.token());
  }

  @Test
  void everyStartHasATokenOfItsOwnAndTakesBackOnlyItsOwn() throws IOException {
    AdminEndpoint first = endpoint;
    AdminServer second = AdminServer.start(loopback(), data, node);
    AdminEndpoint told = AdminEndpoint.find(data);
    assertThat(told.token()).isNotEqualTo(first.token());
    server.close();
    assertThat(AdminEndpoint.find(data)).isEqualTo(told);
    second.close();
    assertThatThrownBy(() -> AdminEndpoint.find(data)).hasMessageContaining("[no-node]");
  }

  @Test
  void itListensWhereNobodyElseCanReachIt() throws IOException {
    assertThat(server.address().resolve().getAddress().isLoopbackAddress()).isTrue();
    assertThatThrownBy(() -> AdminServer.start(new InetSocketAddress("0.0.0.0", 0), data, node))
        .hasMessageContaining("[admin-not-loopback]");
    HostPort taken = server.address();
    assertThatThrownBy(() -> AdminServer.start(taken.resolve(), data, node))
        .hasMessageContaining("[cannot-listen]");
  }

  @Test
  void switchesHaveTheirOwnPaths() throws IOException {
    send("POST", "/v1/pause-sync", "{\"resource\":\"vm\",\"deadlineMillis\":1000}");
    assertThat(node.asked()).isEqualTo(new Command.Turn("vm", SwitchVerb.PAUSE_SYNC));
  }
}
