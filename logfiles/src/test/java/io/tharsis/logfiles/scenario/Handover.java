package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One planned handover, as two nodes do it: the primary is frozen, the other fetches what is left,
 * the primary's deed says that it is none any more, and then the other's that it is. It may be cut
 * short by a crash of either at any time; then their deeds decide.
 */
final class Handover {

  private enum Phase {
    FREEZING,
    FETCHING,
    GRANTED,
    ABORTED
  }

  private final Member from;
  private final Member to;
  private final Succession succession;
  private final Consumer<LoggedResource> served;
  private Phase phase = Phase.FREEZING;
  private long endLsn;

  /** {@code served} gets the resource when the other is the primary. */
  Handover(Member from, Member to, UUID epochId, Consumer<LoggedResource> served) {
    this.from = from;
    this.to = to;
    this.served = served;
    LoggedResource primary = from.serving().orElseThrow();
    this.succession = new Succession(Epoch.Kind.HANDOVER, epochId, primary.epoch().number());
  }

  Succession succession() {
    return succession;
  }

  /** Begins. */
  void begin(boolean prepared) {
    LoggedResource primary = from.serving().orElseThrow();
    FollowingResource secondary = to.follower().orElseThrow();
    if (prepared) {
      to.tell(() -> secondary.prepareTakeOver().observe(done -> {}, cause -> {}));
    }
    from.tell(() ->
        primary
            .freeze()
            .observe(
                frozen -> {
                  endLsn = frozen.endLsn();
                  phase = phase == Phase.FREEZING ? Phase.FETCHING : phase;
                },
                cause -> abort()));
  }

  boolean isOver() {
    return phase == Phase.GRANTED || phase == Phase.ABORTED;
  }

  boolean isGranted() {
    return phase == Phase.GRANTED;
  }

  /** It is given up, if it is not granted yet. */
  void abort() {
    if (!isOver()) {
      phase = Phase.ABORTED;
      from.serving().ifPresent(primary -> from.tell(primary::thaw));
    }
  }

  /** Does what can be done now. */
  void advance() {
    Optional<FollowingResource> secondary = to.follower();
    if (phase != Phase.FETCHING || secondary.isEmpty() || from.serving().isEmpty()) {
      return;
    }
    if (secondary.get().log().marks().durable() < endLsn || !secondary.get().isConsistent()) {
      return;
    }
    phase = Phase.GRANTED;
    cede(from.serving().get());
    to.become(new Member.Deed.Primary(Optional.of(succession)));
    takeOver(secondary.get());
  }

  private void cede(LoggedResource primary) {
    from.become(new Member.Deed.Secondary());
    from.change();
    int incarnation = from.machine().host().incarnation();
    Async<FollowingResource> follower = new Async<>();
    from.tell(() ->
        primary
            .cede()
            .then(done -> primary.stepDown(from.machine().listener()))
            .observe(follower::succeed, follower::fail));
    follower.observe(
        from::follows,
        cause -> {
          if (incarnation == from.machine().host().incarnation()) {
            throw Member.wrong("a primary does not step down", cause);
          }
        });
  }

  private void takeOver(FollowingResource secondary) {
    to.change();
    to.tell(() ->
        secondary
            .takeOver(succession, to.machine().listener())
            .observe(
                served,
                cause -> {
                  throw Member.wrong("no take-over", cause);
                }));
  }
}
