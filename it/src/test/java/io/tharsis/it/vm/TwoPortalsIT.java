package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * The stock initiator and dm-multipath at two portals between which the best way changes. The
 * property {@code tharsis.two-portals.rounds} says how often.
 */
@Tag("long")
@DisabledIfSystemProperty(named = "tharsis.it.vm", matches = "no")
class TwoPortalsIT {

  private static final Duration PAUSE = Duration.ofMillis(120);

  private final int rounds = Integer.getInteger("tharsis.two-portals.rounds", 6);

  @BeforeAll
  static void make() throws IOException {
    Guest.make();
  }

  @Test
  void multipathFollowsTheRole() throws IOException {
    Path directory = Checkout.find().workDirectory("two-portals");
    try (TwoPortals nodes = new TwoPortals()) {
      Handovers.Seen seen = run(directory, nodes, nodes.urls());
      assertThat(seen.failedPaths()).isZero();
      String first = nodes.urls().getFirst().portal() + "-";
      assertThat(seen.paths())
          .hasSize(2)
          .allSatisfy(path ->
              assertThat(path)
                  .endsWith(
                      path.startsWith(first) == (rounds % 2 == 0)
                          ? " active/optimized"
                          : " active/non-optimized"));
    }
    Checkout.remove(directory);
  }

  @Test
  void onePathSeesPausesOnly() throws IOException {
    Path directory = Checkout.find().workDirectory("one-portal");
    try (TwoPortals nodes = new TwoPortals()) {
      Handovers.Seen seen = run(directory, nodes, nodes.urls().subList(0, 1));
      assertThat(seen.longest()).isGreaterThan(PAUSE.dividedBy(2));
    }
    Checkout.remove(directory);
  }

  private Handovers.Seen run(Path directory, TwoPortals nodes, List<IscsiUrl> portals)
      throws IOException {
    Handovers.Seen seen =
        new Handovers(directory, portals, rounds, Guest.LIMIT)
            .run(round -> nodes.move(1 + round % 2, PAUSE));
    System.out.println("TwoPortalsIT: " + portals.size() + " paths, " + seen);
    return seen;
  }
}
