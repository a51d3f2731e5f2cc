package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.util.Optional;

/**
 * The replica in its place: it is opened, goes on in the other role, cedes, and is closed. Belongs
 * to a {@link Tenancy} and lives on the node's owner, but for the {@link Lodger} itself, which
 * lives on the owner of the place; one operation at a time.
 */
final class Residence {

  private final Surroundings around;
  private final Place place;
  private final Crossing crossing;
  private Optional<Lodger> lodger = Optional.empty();
  private Optional<Ear> opening = Optional.empty();

  /** The open replica was the primary's, and has given that up: it never goes on as it is. */
  private boolean ceded;

  Residence(Surroundings around, Place place, Crossing crossing) {
    this.around = around;
    this.place = place;
    this.crossing = crossing;
  }

  /** The open replica; everything but its identity belongs to the owner of its place. */
  Optional<Lodger> lodger() {
    return lodger;
  }

  /** Whether the open replica is in the role that the deed says. */
  boolean isAs(Deed deed) {
    return !ceded && lodger.filter(open -> open.isPrimary() == deed.isPrimary()).isPresent();
  }

  /** Opens it as the deed says. */
  Async<Void> open(Deed deed, Opener.Mending mending, Ear ear) {
    opening = Optional.of(ear);
    Opener opener = new Opener(around, place, deed, mending, ear);
    return crossing
        .ask(opener::open)
        .map(this::opened)
        .orElse(cause -> {
          opening = Optional.empty();
          return Async.failed(cause);
        });
  }

  /** What is under way to open it may take long, and somebody waits for a turn. */
  void putOff() {
    opening.ifPresent(Ear::putOff);
  }

  /** The role has changed: it goes on in the other one, where it is. */
  Async<Void> turn(Deed deed, Ear ear) {
    Lodger before = lodger.orElseThrow();
    return crossing.ask(() -> before.turn(deed, ear)).map(this::opened);
  }

  private Void opened(Lodger open) {
    lodger = Optional.of(open);
    opening = Optional.empty();
    ceded = false;
    return null;
  }

  /** Nothing more is done here for initiators. */
  Async<Void> cede() {
    ceded = lodger.isPresent();
    return lodger.map(open -> crossing.ask(open::cede)).orElseGet(Async::done);
  }

  /** Closes it; there is none any more, also if that fails. */
  Async<Void> close() {
    Lodger open = lodger.orElseThrow();
    return crossing
        .ask(() -> closed(open))
        .map(done -> {
          forget();
          return (Void) null;
        })
        .orElse(cause -> {
          forget();
          return Async.failed(cause);
        });
  }

  private Async<Void> closed(Lodger open) {
    return open.close()
        .orElse(cause -> place.vacate().then(done -> Async.failed(cause)))
        .then(done -> place.vacate());
  }

  private void forget() {
    lodger = Optional.empty();
    ceded = false;
  }

  /** Removes what a replica that is not open has left in its place. */
  Async<Void> clear() {
    return crossing.ask(() -> place.vacate().then(vacated -> place.clear()));
  }

  /** Nobody will live here any more, or not as long as this process does. */
  void end() {
    crossing.tell(place::close);
  }

  /** Decides about a link about this resource. */
  Acceptance accept(Hello.Purpose purpose) {
    return lodger
        .<Acceptance>map(
            open -> new Acceptance.Elsewhere(place.owner(), () -> open.accept(purpose)))
        .orElseGet(
            () -> new Acceptance.Refused(RefusalCode.NOT_SERVING, "the replica is not open"));
  }
}
