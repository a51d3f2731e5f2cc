package io.tharsis.replication.control.json;

import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import java.time.Duration;

/** Modes in JSON, among the fields of {@code set-mode}. */
final class ModeJson {

  private static final String MODE = "mode";
  private static final String LAG_BYTES = "lagBytes";
  private static final String LAG_TIME = "lagMillis";
  private static final String COPIES = "copies";
  private static final String LINK_TIMEOUT = "linkTimeoutMillis";
  private static final String ON_LINK_LOSS = "onLinkLoss";

  private ModeJson() {}

  static Json.Fields write(ReplicationMode mode, Json.Fields json) {
    Json.Fields named = json.with(MODE, mode.word());
    return switch (mode) {
      case ReplicationMode.Async all -> named;
      case ReplicationMode.NearSync near ->
          linkLoss(
              near.onLinkLoss(),
              named.withSome(LAG_BYTES, near.lagBytes()).withSpan(LAG_TIME, near.lagTime()));
      case ReplicationMode.Sync(int copies, LinkLoss loss) ->
          linkLoss(loss, named.with(COPIES, copies));
    };
  }

  private static Json.Fields linkLoss(LinkLoss loss, Json.Fields json) {
    return json.with(LINK_TIMEOUT, loss.after()).with(ON_LINK_LOSS, loss.reaction().word());
  }

  static ReplicationMode read(Json.Fields json) throws MalformedJsonException {
    String word = json.text(MODE);
    return switch (word) {
      case "async" -> new ReplicationMode.Async();
      case "near-sync" ->
          new ReplicationMode.NearSync(
              json.optionalNumber(LAG_BYTES), json.optionalMillis(LAG_TIME), linkLoss(json));
      case "sync" -> new ReplicationMode.Sync(copies(json), linkLoss(json));
      default -> throw new MalformedJsonException("'" + word + "' is no mode");
    };
  }

  private static int copies(Json.Fields json) throws MalformedJsonException {
    long copies = json.optionalNumber(COPIES).orElse(ReplicationMode.Sync.DEFAULT_COPIES);
    if (copies != (int) copies) {
      throw new MalformedJsonException("nothing has " + copies + " copies");
    }
    return (int) copies;
  }

  private static LinkLoss linkLoss(Json.Fields json) throws MalformedJsonException {
    Duration after = json.optionalMillis(LINK_TIMEOUT).orElse(LinkLoss.DEFAULT.after());
    String word =
        json.has(ON_LINK_LOSS) ? json.text(ON_LINK_LOSS) : LinkLoss.DEFAULT.reaction().word();
    return new LinkLoss(
        after,
        Reaction.of(word)
            .orElseThrow(() ->
                new MalformedJsonException("'" + word + "' is nothing to do without a link")));
  }
}
