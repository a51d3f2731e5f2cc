package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.link.BackOff;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Has this node's certificate renewed long before it ends: asks the node with the CA over the
 * control link, again and again until it is there, and has links opened anew that stand on an older
 * one. Whatever goes wrong the present certificate stays in use. Lives on the node's owner.
 */
final class Renewals {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final BackOff BACK_OFF = new BackOff(PERIOD, Duration.ofHours(1));

  private final Surroundings around;
  private final Trust trust;
  private Optional<Clock.Timer> timer = Optional.empty();
  private Optional<String> obstacle = Optional.empty();
  private int failures;
  private boolean warned;
  private boolean ended;

  Renewals(Surroundings around) {
    this.around = around;
    this.trust = around.seams().trust();
  }

  /** Looks from now on. */
  void begin() {
    lookIn(FIRST);
  }

  private void lookIn(Duration time) {
    if (!ended) {
      timer = Optional.of(around.seams().home().clock().after(time, this::look));
    }
  }

  private void look() {
    Trust.Standing standing = trust.standing();
    UUID holder = trust.holder();
    if (!standing.due()) {
      obstacle = Optional.empty();
      lookIn(PERIOD);
    } else if (around.peers().isLinked(holder)) {
      renew(holder);
    } else {
      obstacle = Optional.of("node " + name(holder) + ", which has the CA, cannot be reached");
      lookIn(PERIOD);
    }
    warn(standing);
    around.seams().links().refresh(standing.until(), standing.refreshBefore());
  }

  private void renew(UUID holder) {
    trust
        .beginRenewal()
        .then(request -> around.peers().ask(holder, new Inquiry.Renew(request), PATIENCE))
        .then(trust::completeRenewal)
        .observe(done -> renewed(), this::failed);
  }

  private void renewed() {
    if (trust.standing().due()) {
      // it is dated back by a clock: the next one would be no better, and opens all links anew
      failed(
          new IOException(
              "the one that came is old already: look at the clocks here and at the node with the"
                  + " CA"));
      return;
    }
    failures = 0;
    obstacle = Optional.empty();
    note(
        Premises.Gravity.NEWS,
        "this node has a new certificate, good until " + trust.standing().until());
    lookIn(PERIOD);
  }

  private void failed(IOException cause) {
    String words = Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
    if (!obstacle.equals(Optional.of(words))) {
      note(Premises.Gravity.TROUBLE, "the certificate of this node is not renewed yet: " + words);
    }
    obstacle = Optional.of(words);
    failures++;
    lookIn(BACK_OFF.after(failures, around.seams().entropy()));
  }

  private void warn(Trust.Standing standing) {
    if (standing.expiryNear() && !warned) {
      note(Premises.Gravity.TROUBLE, words(standing));
    }
    warned = standing.expiryNear();
  }

  /** What somebody must see: that little time is left. */
  Optional<String> alarm() {
    Trust.Standing standing = trust.standing();
    return standing.expiryNear() ? Optional.of(words(standing)) : Optional.empty();
  }

  private String words(Trust.Standing standing) {
    return "the certificate of this node ends at %s, and with it all its links; %s"
        .formatted(standing.until(), obstacle.orElse("it is being renewed"));
  }

  private void note(Premises.Gravity gravity, String words) {
    around.seams().premises().note(gravity, words);
  }

  private String name(UUID node) {
    return new Facts(around).nameOf(node);
  }

  /** Looks no more. */
  void end() {
    ended = true;
    timer.ifPresent(Clock.Timer::cancel);
  }
}
