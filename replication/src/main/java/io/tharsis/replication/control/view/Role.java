package io.tharsis.replication.control.view;

import io.tharsis.replication.control.view.ReplicaFacts.Standing;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The role of a replica. The rows of a table, the first that applies wins; written out in {@code
 * docs/reference/states.md}.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions are pure
public enum Role {
  NONE("None", "it is no member", standing -> !standing.member()),
  FORCED_PRIMARY(
      "ForcedPrimary",
      "it serves or is to serve, and so does another: the resource is split",
      standing -> standing.claims() > 1 && (standing.designated() || standing.serving())),
  PRIMARY(
      "Primary",
      "it is the designated primary and serves",
      standing -> standing.designated() && standing.serving()),
  NOT_YET_PRIMARY(
      "NotYetPrimary", "it is the designated primary and does not serve yet", Standing::designated),
  REMAINS_PRIMARY(
      "RemainsPrimary", "it serves and is not the designated primary any more", Standing::serving),
  SECONDARY("Secondary", "it follows", standing -> true);

  private final String word;
  private final String when;
  private final Predicate<Standing> condition;

  Role(String word, String when, Predicate<Standing> condition) {
    this.word = word;
    this.when = when;
    this.condition = condition;
  }

  /** The first row that applies. */
  public static Role of(ReplicaFacts facts) {
    return Stream.of(values())
        .filter(row -> row.condition.test(facts.standing()))
        .findFirst()
        .orElseThrow();
  }

  /** How it is shown. */
  public String word() {
    return word;
  }

  /** When it applies, in words, if none above does. */
  public String when() {
    return when;
  }
}
