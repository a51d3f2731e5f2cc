package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A Linux machine with its stock initiator that writes to a LUN and verifies it, while somebody
 * moves the role of the primary. Its programs must not see an error; how long commands took while
 * the role was on its way is measured in the machine.
 *
 * @param directory where its console is kept
 * @param portals the LUN through one portal, or through two that dm-multipath joins
 * @param rounds how often the role moves
 * @param limit for all of it
 */
public record Handovers(Path directory, List<IscsiUrl> portals, int rounds, Duration limit) {

  /** Moves the role, and returns when that is done. */
  @FunctionalInterface
  public interface Verb {
    /** Called for rounds from 1. */
    void handOver(int round) throws IOException;
  }

  /** Whether the machine, which lives through kills, looks at what it reads. */
  public enum Look {
    /** All that was answered has to be there. */
    VERIFIED("verified-kills"),
    /** What was answered may be lost; only errors count. */
    UNVERIFIED("kills");

    private final String word;

    Look(String word) {
      this.word = word;
    }
  }

  /**
   * What the machine saw.
   *
   * @param pauses the longest command of each round, ascending
   * @param paths what the kernel knew of each path at the end: portal, and its access state
   * @param failedPaths how often dm-multipath gave up a path, for a while
   * @param lostSessions how often the kernel lost a connection
   * @param passes how often fio wrote everything and, where it verifies, read it back
   */
  public record Seen(
      List<Duration> pauses, List<String> paths, int failedPaths, int lostSessions, int passes) {

    /** The median pause. */
    public Duration median() {
      return pauses.get(pauses.size() / 2);
    }

    /** The longest pause. */
    public Duration longest() {
      return pauses.getLast();
    }

    /** This and what another machine saw after it. */
    public Seen and(Seen later) {
      return new Seen(
          Stream.concat(pauses.stream(), later.pauses.stream()).sorted().toList(),
          later.paths,
          failedPaths + later.failedPaths,
          lostSessions + later.lostSessions,
          passes + later.passes);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d rounds, longest command of a round: median %d ms, 9 of 10 %d ms, longest %d ms;"
              + " %d sessions lost, %d paths given up, %d passes of fio; at the end: %s",
          pauses.size(),
          median().toMillis(),
          pauses.get(pauses.size() * 9 / 10).toMillis(),
          longest().toMillis(),
          lostSessions,
          failedPaths,
          passes,
          String.join(", ", paths));
    }
  }

  public Handovers {
    portals = List.copyOf(portals);
    if (portals.isEmpty() || portals.size() > 2 || rounds < 1) {
      throw new IllegalArgumentException("one or two portals and at least one round");
    }
  }

  /**
   * Runs handovers; fails at the first error that a program in the machine would have seen, and
   * when a session was lost.
   */
  public Seen run(Verb verb) throws IOException {
    Object[] words =
        portals.size() == 1
            ? new Object[] {rounds}
            : new Object[] {rounds, portals.getLast().portal()};
    try (Guest guest = start(words)) {
      Seen seen = handedOver(guest, verb);
      assertThat(guest.diskWarnings()).isEmpty();
      return seen;
    }
  }

  /**
   * Runs rounds in which a path is lost and comes back; fails at the first error that a program in
   * the machine would have seen.
   *
   * @param verb lets the other path serve alone
   * @param restart brings the first one back
   */
  public Seen runKills(Look look, Verb verb, Verb restart) throws IOException {
    try (Guest guest = start(rounds, portals.getLast().portal(), look.word)) {
      for (int round = 1; round <= rounds; round++) {
        ask(guest, "handover " + round, verb, round);
        ask(guest, "restart " + round, restart, round);
      }
      return seen(guest);
    }
  }

  /**
   * Runs rounds in which the machine moves the role itself: in odd ones it asks for that, in even
   * ones it loses the path to the primary; fails at the first error that a program in it would have
   * seen, and when a session was lost.
   *
   * @param come waits until the role has come
   */
  public Seen runWishes(Verb come) throws IOException {
    try (Guest guest = start(rounds, portals.getLast().portal(), "wishes")) {
      return handedOver(guest, come);
    }
  }

  private Seen handedOver(Guest guest, Verb verb) throws IOException {
    for (int round = 1; round <= rounds; round++) {
      ask(guest, "handover " + round, verb, round);
    }
    Seen seen = seen(guest);
    assertThat(seen.lostSessions()).as("sessions lost").isZero();
    return seen;
  }

  private Guest start(Object... words) throws IOException {
    return Guest.start(new Guest.Place(directory, limit), "handover", portals.getFirst(), words);
  }

  private static void ask(Guest guest, String question, Verb verb, int round) throws IOException {
    guest.awaitQuestion(question);
    try {
      verb.handOver(round);
    } catch (IOException | RuntimeException | AssertionError failure) {
      throw new AssertionError(question + ": " + failure.getMessage(), failure);
    }
    guest.answer();
  }

  private Seen seen(Guest guest) throws IOException {
    guest.awaitSuccess();
    assertThat(guest.said("errors")).as("errors that its kernel has told").isEqualTo("0");
    List<Duration> pauses =
        guest
            .all("pause")
            .map(words -> words.substring(words.indexOf(' ') + 1))
            .map(millis -> Duration.ofNanos((long) (Double.parseDouble(millis) * 1e6)))
            .sorted()
            .toList();
    assertThat(pauses).hasSize(rounds);
    int passes = Integer.parseInt(guest.said("passes"));
    assertThat(passes).as("passes of fio").isPositive();
    return new Seen(
        pauses,
        guest.all("path").skip(portals.size()).toList(),
        portals.size() == 1 ? 0 : Integer.parseInt(guest.said("failed")),
        Math.max(Integer.parseInt(guest.said("lost")), Integer.parseInt(guest.said("recovered"))),
        passes);
  }
}
