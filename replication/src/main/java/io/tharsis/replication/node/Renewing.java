package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.NoSpaceException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * How a replica comes to begin its log, for the first time or anew: the primary is asked from where
 * on it is kept, and the deed says what is to be done with that. Belongs to a {@link Tenancy} and
 * lives on the node's owner; what it is asked runs within a turn.
 */
final class Renewing {

  private static final Duration ADMISSION_PATIENCE = Duration.ofSeconds(5);

  private final Tenancy here;
  private final Surroundings around;
  private final ResourceTeller resources;
  private final Renewal known = new Renewal();

  Renewing(Tenancy here, Surroundings around) {
    this.here = here;
    this.around = around;
    this.resources = new ResourceTeller(around);
  }

  /** What is known of it. */
  Renewal known() {
    return known;
  }

  /** Whether it stays what it is until all that it misses is here. */
  boolean isBeside() {
    return known.isBeside();
  }

  /** What its log needs next is kept nowhere: it begins anew, beside what it is if it can. */
  Async<Void> orphaned(Report seen) {
    here.note(
        Premises.Gravity.TROUBLE,
        "what its log needs next is kept nowhere any more: it begins anew, and syncs");
    if (seen.sync().consistent() && seen.standing().isPresent()) {
      known.beside(seen.standing());
      return Async.done();
    }
    known.from(seen.standing());
    return here.put(here.deed().renewing());
  }

  /** Nothing of what it has spares it the comparison of everything. */
  Async<Void> wholly() {
    known.forget();
    known.ended();
    return here.put(here.deed().renewing());
  }

  /** It cannot be done beside what it is. */
  void inPlace(String reason) {
    known.inPlace(reason);
    here.note(Premises.Gravity.TROUBLE, known.remark().orElseThrow().words());
  }

  /** Asks for a log that is made, or made anew, when the replica is opened. */
  Async<Void> ask() {
    return ask(here.deed().stage() == Deed.Stage.RENEWING)
        .then(admitted ->
            admit(here.deed(), admitted)
                .map(done -> {
                  known.granted(admitted);
                  return null;
                }));
  }

  private Async<Void> admit(Deed deed, Inquiry.Admitted admitted) {
    return here.put(deed.admitted(admitted.baseLsn(), admitted.sizeBytes(), admitted.writeCache()));
  }

  /** The replica stays open meanwhile; it needs its log only as far as it is not applied. */
  Async<Void> askBeside(Lodger open) {
    return here.crossing()
        .ask(open::giveBack)
        .then(given -> ask(true))
        .then(admitted -> {
          if (admitted.sizeBytes() == here.deed().holding().sizeBytes().orElse(0)) {
            known.granted(admitted);
            return Async.done();
          }
          inPlace("the volume has grown since");
          return here.put(here.deed().renewing());
        });
  }

  /**
   * It could not be opened beside what it is. Where there is no room for both it is done in place,
   * as the primary has a consistent copy.
   */
  Async<Void> notBeside(IOException cause, boolean primaryHeard) {
    if (!(cause instanceof NoSpaceException) || !primaryHeard) {
      known.ungranted();
      return Async.failed(cause);
    }
    inPlace(String.valueOf(cause.getMessage()));
    return admit(here.deed().renewing(), known.granted().orElseThrow());
  }

  private Async<Inquiry.Admitted> ask(boolean anew) {
    Deed deed = here.deed();
    Optional<UUID> primary = resources.primaryOf(deed.resource());
    if (primary.isEmpty()) {
      return Async.failed(resources.noPrimary(deed.name()).thrown());
    }
    if (here.dismissed().isPresent()) {
      return Async.failed(here.dismissed().get().thrown());
    }
    Inquiry ask = new Inquiry.Admit(deed.resource(), deed.membership(), anew, known.standing());
    return around
        .peers()
        .ask(primary.get(), ask, ADMISSION_PATIENCE)
        .then(body -> Answers.read(body, Inquiry.Admitted::decode));
  }
}
