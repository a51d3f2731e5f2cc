package io.tharsis.it.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Operates a running node through its admin API, as {@code docs/reference/admin-api.md} has it: no
 * process per verb, and a look at the node takes about a millisecond. Any thread may use it.
 */
final class AdminClient {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String FILE = "admin";
  private static final Pattern TOKEN = Pattern.compile("\"(tharsis-join-[^\"]+)\"");
  private static final Pattern NEXT_HOST = Pattern.compile("\"host\"\\s*:");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String bearer;

  private AdminClient(String address, String token) {
    this.base = "http://" + address + "/v1/";
    this.bearer = "Bearer " + token;
  }

  /**
   * A node's own replica, as the node itself knows it at this moment.
   *
   * @param disk word of its disk state
   * @param checkpointLsn everything below is on its disk
   * @param durableLsn everything below is durable in its log
   */
  record Replica(String disk, long checkpointLsn, long durableLsn) {

    private static final List<String> CONSISTENT =
        List.of("UpToDate", "OutDated", "Consistent", "WriteBack");

    /** Whether its disk is one moment of the primary's life. */
    boolean isConsistent() {
      return CONSISTENT.contains(disk);
    }
  }

  /** The node of a data directory, which is up. */
  static AdminClient of(Path data) throws IOException {
    List<String> lines = Files.readAllLines(data.resolve(FILE));
    return new AdminClient(lines.get(0), lines.get(1));
  }

  /** Has a verb carried out; what it answers. */
  String tell(String verb, Map<String, Object> fields) throws IOException {
    StringWriter body = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(body)) {
      json.writeStartObject();
      json.writeNumberField("deadlineMillis", LIMIT.toMillis());
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        json.writeFieldName(field.getKey());
        json.writePOJO(field.getValue());
      }
      json.writeEndObject();
    }
    return send(request(verb).POST(HttpRequest.BodyPublishers.ofString(body.toString())), verb);
  }

  /** A token with which another node can join. */
  String joinToken() throws IOException {
    Matcher token = TOKEN.matcher(tell("create-token", Map.of("validMillis", LIMIT.toMillis())));
    if (!token.find()) {
      throw new IOException("no token in the answer to create-token");
    }
    return token.group(1);
  }

  /** Whether it has heard of a resource. */
  boolean knows(String resource) throws IOException {
    return Pattern.compile("\"name\"\\s*:\\s*\"" + Pattern.quote(resource) + "\"")
        .matcher(view())
        .find();
  }

  /** How the replica at {@code host}, the node that is asked, is. */
  Replica replica(String host) throws IOException {
    String view = view();
    Matcher begin =
        Pattern.compile("\"host\"\\s*:\\s*\"" + Pattern.quote(host) + "\"").matcher(view);
    if (!begin.find()) {
      return new Replica("", -1, -1);
    }
    Matcher next = NEXT_HOST.matcher(view);
    String own = view.substring(begin.end(), next.find(begin.end()) ? next.start() : view.length());
    return new Replica(
        field(own, "disk", "\"([^\"]*)\""),
        Long.parseLong(field(own, "checkpointLsn", "(-?\\d+)")),
        Long.parseLong(field(own, "durableLsn", "(-?\\d+)")));
  }

  private static String field(String text, String name, String value) throws IOException {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*" + value).matcher(text);
    if (!found.find()) {
      throw new IOException("no " + name + " of a replica");
    }
    return found.group(1);
  }

  private String view() throws IOException {
    return send(request("view").GET(), "view");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(LIMIT)
        .header("Authorization", bearer);
  }

  private String send(HttpRequest.Builder request, String what) throws IOException {
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(what + " is answered with " + answer.statusCode() + answer.body());
      }
      return answer.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
