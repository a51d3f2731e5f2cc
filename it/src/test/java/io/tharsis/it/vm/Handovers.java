package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A Linux machine with its stock initiator that writes to a LUN and verifies it, while somebody
 * moves the role of the primary. Its fio must not see an error and no session may break; how long
 * commands took while the role was on its way is measured in the machine.
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

  /**
   * What the machine saw.
   *
   * @param pauses the longest command of each round, ascending
   * @param paths what the kernel knew of each path at the end: portal, and its access state
   * @param failedPaths how often dm-multipath gave up a path, for a while
   */
  public record Seen(List<Duration> pauses, List<String> paths, int failedPaths) {

    /** The median pause. */
    public Duration median() {
      return pauses.get(pauses.size() / 2);
    }

    /** The longest pause. */
    public Duration longest() {
      return pauses.getLast();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d handovers, pause median %d ms, longest %d ms, %d paths given up; at the end: %s",
          pauses.size(),
          median().toMillis(),
          longest().toMillis(),
          failedPaths,
          String.join(", ", paths));
    }
  }

  public Handovers {
    portals = List.copyOf(portals);
    if (portals.isEmpty() || portals.size() > 2 || rounds < 1) {
      throw new IllegalArgumentException("one or two portals and at least one round");
    }
  }

  /** Runs them; fails at the first error that a program in the machine would have seen. */
  public Seen run(Verb verb) throws IOException {
    Object[] words =
        portals.size() == 1
            ? new Object[] {rounds}
            : new Object[] {rounds, portals.getLast().portal()};
    try (Guest guest =
        Guest.start(new Guest.Place(directory, limit), "handover", portals.getFirst(), words)) {
      for (int round = 1; round <= rounds; round++) {
        guest.awaitQuestion("handover " + round);
        verb.handOver(round);
        guest.answer();
      }
      guest.awaitSuccess();
      assertThat(guest.said("lost")).as("sessions lost").isEqualTo("0");
      assertThat(Integer.parseInt(guest.said("passes"))).as("passes of fio").isPositive();
      return seen(guest);
    }
  }

  private Seen seen(Guest guest) throws IOException {
    List<Duration> pauses =
        guest
            .all("pause")
            .map(words -> words.substring(words.indexOf(' ') + 1))
            .map(millis -> Duration.ofNanos((long) (Double.parseDouble(millis) * 1e6)))
            .sorted()
            .toList();
    assertThat(pauses).hasSize(rounds);
    List<String> paths = guest.all("path").skip(portals.size()).toList();
    int failed = portals.size() == 1 ? 0 : Integer.parseInt(guest.said("failed"));
    return new Seen(pauses, paths, failed);
  }
}
