package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogStart;
import io.tharsis.replication.member.SecondaryReplica.Standing;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known of how a replica is to begin anew, as long as this process lives: beside what it
 * is, or in its place; and what the primary has granted for that. Belongs to a {@link Tenancy}.
 */
final class Renewal {

  private Optional<Standing> standing = Optional.empty();
  private Optional<Inquiry.Admitted> granted = Optional.empty();
  private Optional<String> inPlace = Optional.empty();
  private boolean beside;

  /** What it has spares it the comparison of everything. */
  void from(Optional<Standing> known) {
    standing = known;
    granted = Optional.empty();
  }

  /** It stays what it is until all that it misses is here. */
  void beside(Optional<Standing> known) {
    from(known);
    beside = true;
  }

  /** It cannot be done beside: it is done in its place, with what was granted. */
  void inPlace(String reason) {
    beside = false;
    inPlace = Optional.of(reason);
  }

  /** Why it is done in its place though it need not be; empty if it is not. */
  Optional<Report.Problem> remark() {
    return inPlace.map(why ->
        new Report.Problem(
            Faults.NOT_STAGED, "it is synced in place and not consistent meanwhile: " + why));
  }

  /** What has been granted counts no more: the log may be kept from there no more. */
  void ungranted() {
    granted = Optional.empty();
    beside = false;
  }

  /** Nothing of what it has counts, or nothing is to be begun. */
  void forget() {
    ungranted();
    standing = Optional.empty();
  }

  /** It is consistent: why it was not is history. */
  void ended() {
    inPlace = Optional.empty();
  }

  void granted(Inquiry.Admitted admitted) {
    granted = Optional.of(admitted);
  }

  Optional<Standing> standing() {
    return standing;
  }

  Optional<Inquiry.Admitted> granted() {
    return granted;
  }

  boolean isBeside() {
    return beside;
  }

  /** How a replica is opened that begins anew, or does not. */
  Opener.Mending mending(UUID resource, boolean cutting) {
    return new Opener.Mending(
        cutting,
        granted.flatMap(Inquiry.Admitted::delta),
        granted.filter(it -> beside).map(it -> new LogStart(resource, it.baseLsn())));
  }
}
