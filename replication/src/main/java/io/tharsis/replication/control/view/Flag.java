package io.tharsis.replication.control.view;

import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The characters of the flags line, in order; written out in {@code docs/reference/states.md}. A
 * capital is as it should be, a small letter is on the way there, a dash is off.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions are pure
public enum Flag {
  DISK(
      'D',
      "the node offers the LUN",
      "the disk is there",
      "there is no disk",
      facts -> facts.standing().exported() ? 'D' : facts.disk().present() ? 'd' : '-'),
  CONSISTENT(
      'C',
      "consistent",
      "not consistent",
      "there is no disk",
      facts -> !facts.disk().present() ? '-' : facts.isConsistent() ? 'C' : 'c'),
  ATTACHED(
      'A',
      "attached",
      "being attached or detached",
      "detached",
      facts ->
          facts.switches().attach() && facts.disk().attached()
              ? 'A'
              : facts.switches().attach() || facts.disk().attached() ? 'a' : '-'),
  SYNCED(
      'S',
      "synced",
      "to be synced",
      "sync is switched off",
      facts -> turned(facts.switches().sync(), facts.isSynced(), 'S')),
  FETCHED(
      'F',
      "fetched",
      "to be fetched",
      "fetch is switched off",
      facts -> turned(facts.switches().fetch(), facts.isFetched(), 'F')),
  REPLAYED(
      'R',
      "replayed",
      "to be replayed",
      "replay is switched off",
      facts -> turned(facts.switches().replay(), facts.isReplayed(), 'R'));

  private final char letter;
  private final String capital;
  private final String small;
  private final String dash;
  private final Function<ReplicaFacts, Character> shown;

  Flag(
      char letter,
      String capital,
      String small,
      String dash,
      Function<ReplicaFacts, Character> shown) {
    this.letter = letter;
    this.capital = capital;
    this.small = small;
    this.dash = dash;
    this.shown = shown;
  }

  private static char turned(boolean on, boolean reached, char capital) {
    return !on ? '-' : reached ? capital : Character.toLowerCase(capital);
  }

  /** The flags line of a replica. */
  public static String line(ReplicaFacts facts) {
    return Stream.of(values())
        .map(flag -> flag.shown.apply(facts).toString())
        .collect(Collectors.joining());
  }

  /** The capital. */
  public char letter() {
    return letter;
  }

  /** What the capital means. */
  public String capital() {
    return capital;
  }

  /** What the small letter means. */
  public String small() {
    return small;
  }

  /** What the dash means. */
  public String dash() {
    return dash;
  }
}
