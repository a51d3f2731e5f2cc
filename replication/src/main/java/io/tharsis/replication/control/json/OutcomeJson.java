package io.tharsis.replication.control.json;

import io.tharsis.replication.control.Outcome;
import java.time.Instant;
import java.util.List;

/** Outcomes in JSON: what a verb that was carried out is answered with. */
public final class OutcomeJson {

  private static final String OUTCOME = "outcome";
  private static final String DONE = "done";
  private static final String TOKEN = "token";
  private static final String CA_EXPORTED = "ca-exported";
  private static final String EXPORT = "export";
  private static final String VERIFIED = "verified";

  private OutcomeJson() {}

  /** The text of an outcome. */
  public static String write(Outcome outcome) {
    Json.Fields json = Json.Fields.empty();
    return JsonText.write(
        switch (outcome) {
          case Outcome.Done(boolean changed, List<String> steps) ->
              json.with(OUTCOME, DONE).with("changed", changed).with("steps", steps);
          case Outcome.TokenMade(String token, String peer, Instant expires) ->
              json.with(OUTCOME, TOKEN)
                  .with("token", token)
                  .with("peer", peer)
                  .with("expires", expires.toString());
          case Outcome.CaExported(String export) ->
              json.with(OUTCOME, CA_EXPORTED).with(EXPORT, export);
          case Outcome.Verified verified ->
              json.with(OUTCOME, VERIFIED)
                  .with("equal", verified.equal())
                  .with("lsn", verified.lsn())
                  .with("members", verified.members(), OutcomeJson::member);
        });
  }

  private static Json.Fields member(Outcome.MemberFinding member) {
    return Json.Fields.empty()
        .with("host", member.host())
        .with("comparedBytes", member.comparedBytes())
        .with("differing", member.differing(), OutcomeJson::region)
        .withSome("skipped", member.skipped())
        .with("repairing", member.repairing());
  }

  private static Json.Fields region(Outcome.Region region) {
    return Json.Fields.empty()
        .with("volume", region.volume())
        .with("offset", region.offset())
        .with("lengthBytes", region.lengthBytes());
  }

  /** Reads what {@link #write} makes. */
  public static Outcome read(String text) throws MalformedJsonException {
    Json.Fields json = JsonText.parse(text);
    String word = json.text(OUTCOME);
    return switch (word) {
      case DONE -> new Outcome.Done(json.bool("changed"), json.texts("steps"));
      case TOKEN ->
          new Outcome.TokenMade(json.text("token"), json.text("peer"), json.time("expires"));
      case CA_EXPORTED -> new Outcome.CaExported(json.text(EXPORT));
      case VERIFIED ->
          new Outcome.Verified(
              json.number("lsn"), json.objects("members", OutcomeJson::readMember));
      default -> throw new MalformedJsonException("'" + word + "' is no outcome known here");
    };
  }

  private static Outcome.MemberFinding readMember(Json.Fields json) throws MalformedJsonException {
    return new Outcome.MemberFinding(
        json.text("host"),
        json.number("comparedBytes"),
        json.objects(
            "differing",
            region ->
                new Outcome.Region(
                    Math.toIntExact(region.number("volume")),
                    region.number("offset"),
                    region.number("lengthBytes"))),
        json.textOrEmpty("skipped"),
        json.bool("repairing"));
  }
}
