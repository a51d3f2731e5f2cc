package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Brings what was signed beside the cluster document in force to the node that has the CA, again
 * and again until a document is here that makes up for it: nobody else can sign one. Lives on the
 * node's owner.
 */
final class Reunion {

  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Surroundings around;
  private final Trust trust;
  private Optional<Clock.Timer> timer = Optional.empty();
  private Optional<String> obstacle = Optional.empty();
  private boolean ended;

  Reunion(Surroundings around) {
    this.around = around;
    this.trust = around.seams().trust();
  }

  /** Looks from now on. */
  void begin() {
    lookLater();
  }

  private void lookLater() {
    if (!ended) {
      timer = Optional.of(around.seams().home().clock().after(PERIOD, this::look));
    }
  }

  private void look() {
    List<Blob> apart = trust.apart();
    UUID holder = trust.holder();
    if (apart.isEmpty()) {
      obstacle = Optional.empty();
      lookLater();
    } else if (around.peers().isLinked(holder)) {
      around
          .peers()
          .ask(holder, new Inquiry.Absorb(apart.getFirst()), PATIENCE)
          .observe(done -> lookLater(), this::failed);
    } else {
      obstacle = Optional.of("it cannot be reached; if it is gone for ever, tharsis ca-import");
      lookLater();
    }
  }

  private void failed(IOException cause) {
    obstacle = Optional.of(Optional.ofNullable(cause.getMessage()).orElse(cause.toString()));
    lookLater();
  }

  /** What somebody must see: that the CA was used in two places. */
  Optional<String> alarm() {
    int editions = trust.apart().size();
    return editions == 0
        ? Optional.empty()
        : Optional.of(
            "the CA was used in two places: what %d other edition%s of the cluster document say%s counts here, too, until node %s, which has the CA, takes it over: %s"
                .formatted(
                    editions,
                    editions == 1 ? "" : "s",
                    editions == 1 ? "s" : "",
                    new Facts(around).nameOf(trust.holder()),
                    obstacle.orElse("it is being told")));
  }

  /** Looks no more. */
  void end() {
    ended = true;
    timer.ifPresent(Clock.Timer::cancel);
  }
}
