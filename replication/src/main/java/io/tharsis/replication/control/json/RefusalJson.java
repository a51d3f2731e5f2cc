package io.tharsis.replication.control.json;

import io.tharsis.replication.control.Refusal;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Refusals in JSON: what everything is answered with that was not done. */
public final class RefusalJson {

  private static final String REFUSED = "refused";

  private RefusalJson() {}

  /** The text of refusals, at least one. */
  public static String write(List<Refusal> refusals) {
    return JsonText.write(
        Json.Fields.empty()
            .with(
                REFUSED,
                refusals,
                one ->
                    Json.Fields.empty()
                        .with("kind", word(one.kind()))
                        .with("code", one.code())
                        .with("fact", one.fact())
                        .with("advice", one.advice())));
  }

  /** Reads what {@link #write} makes; at least one. */
  public static List<Refusal> read(String text) throws MalformedJsonException {
    List<Refusal> refusals = JsonText.parse(text).objects(REFUSED, RefusalJson::refusal);
    if (refusals.isEmpty()) {
      throw new MalformedJsonException("it refuses without a reason");
    }
    return refusals;
  }

  private static Refusal refusal(Json.Fields json) throws MalformedJsonException {
    try {
      return new Refusal(
          kind(json.text("kind")), json.text("code"), json.text("fact"), json.text("advice"));
    } catch (IllegalArgumentException notOne) {
      throw new MalformedJsonException(String.valueOf(notOne.getMessage()));
    }
  }

  private static String word(Refusal.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static Refusal.Kind kind(String word) throws MalformedJsonException {
    return Stream.of(Refusal.Kind.values())
        .filter(kind -> word(kind).equals(word))
        .findFirst()
        .orElseThrow(() -> new MalformedJsonException("'" + word + "' is no kind of refusal"));
  }
}
