package io.tharsis.server.admin;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.json.RefusalJson;
import java.util.List;

/**
 * What a request is answered with.
 *
 * @param status of HTTP, RFC 9110 15
 * @param json the body
 */
record Answer(int status, String json) {

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int CONFLICT = 409;
  private static final int UNAVAILABLE = 503;
  private static final int TIMEOUT = 504;

  static Answer ok(String json) {
    return new Answer(OK, json);
  }

  /** Refusals of one kind; at least one. */
  static Answer refused(List<Refusal> refusals) {
    return new Answer(status(refusals.getFirst().kind()), RefusalJson.write(refusals));
  }

  static Answer refused(int status, Refusal refusal) {
    return new Answer(status, RefusalJson.write(List.of(refusal)));
  }

  private static int status(Refusal.Kind kind) {
    return switch (kind) {
      case USAGE -> BAD_REQUEST;
      case FORBIDDEN -> CONFLICT;
      case HOST -> UNAVAILABLE;
      case LATE -> TIMEOUT;
    };
  }
}
