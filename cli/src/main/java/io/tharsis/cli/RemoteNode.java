package io.tharsis.cli;

import io.tharsis.replication.control.AdminEndpoint;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.json.MalformedJsonException;
import io.tharsis.replication.control.json.RefusalJson;
import io.tharsis.replication.control.json.RequestJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The node that runs with a data directory, asked through its admin API. */
final class RemoteNode {

  /** How much longer than the verb itself its answer may take. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final int OK = 200;

  private final Path data;

  RemoteNode(Path data) {
    this.data = data;
  }

  /** Has a verb carried out; the outcome as JSON. */
  String execute(Request request) throws RefusedException {
    return ask(
        "POST",
        "/v1/" + request.command().verb(),
        RequestJson.write(request),
        request.deadline().plus(SLACK));
  }

  /** What can be seen, or one resource of it, as JSON. */
  String view(Optional<String> resource) throws RefusedException {
    String query =
        resource
            .map(name -> "?resource=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
            .orElse("");
    return ask("GET", "/v1/view" + query, "", SLACK);
  }

  private String ask(String method, String path, String body, Duration patience)
      throws RefusedException {
    AdminEndpoint endpoint = AdminEndpoint.find(data);
    try {
      AdminConnection.Answer answer =
          new AdminConnection(endpoint).exchange(method, path, body, patience);
      if (answer.status() == OK) {
        return answer.body();
      }
      throw new RefusedException(RefusalJson.read(answer.body()));
    } catch (RefusedException refused) {
      throw refused;
    } catch (ConnectException nobody) {
      throw AdminEndpoint.noNode(data).thrown();
    } catch (SocketTimeoutException late) {
      throw noAnswer(endpoint, "there was none in " + patience.toSeconds() + " s").thrown();
    } catch (IOException failure) {
      throw noAnswer(endpoint, String.valueOf(failure.getMessage())).thrown();
    }
  }

  /** The text of an answer that cannot be read. */
  RefusedException unreadable(MalformedJsonException malformed) {
    return Refusal.host(
            "unreadable-answer",
            "the node with " + data + " answers what is not understood: " + malformed.getMessage(),
            "a command line of the same version as the node, or --json")
        .thrown();
  }

  private Refusal noAnswer(AdminEndpoint endpoint, String reason) {
    return Refusal.host(
        "no-answer",
        "no answer from the node at " + endpoint.address() + ": " + reason,
        "the same command again, which does no harm if it was done; then the node's diagnostics");
  }
}
