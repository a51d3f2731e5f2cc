package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import java.util.Optional;

/**
 * How an open replica was when it was last looked at, and what the directory is told of that.
 * Belongs to a {@link Tenancy} and lives on the node's owner.
 */
final class LastLook {

  private final Tenancy here;
  private final ReplicaTeller teller;
  private Optional<Report> report = Optional.empty();

  LastLook(Tenancy here, ReplicaTeller teller) {
    this.here = here;
    this.teller = teller;
  }

  /** What was seen; empty while it is not open. */
  Optional<Report> report() {
    return report;
  }

  /** It was looked at. */
  void saw(Report seen) {
    report = Optional.of(seen);
  }

  /** It is not open any more. */
  void forget() {
    report = Optional.empty();
  }

  /** Whether it is given a newer copy beside the one that it has. */
  boolean isStaging() {
    return report.flatMap(seen -> seen.sync().stage()).isPresent();
  }

  /** What its mode promises to whoever writes here, and is not so; empty if all is as it says. */
  Optional<Report.Problem> unkept() {
    return report.stream()
        .flatMap(seen -> seen.faults().stream())
        .filter(one -> one.code().equals(Faults.DEGRADED) || one.code().equals(Faults.STALLED))
        .findFirst();
  }

  /** Tells the directory how it is. */
  Async<Void> tell() {
    return teller.tell(here.deed(), toBeTold(), here.trouble());
  }

  /** Takes back what the directory was told. */
  Async<Void> withdraw() {
    return teller.withdraw(here.deed());
  }

  /** What the directory says of it, or is about to. */
  Optional<ReplicaTeller.Said> said() {
    return teller.compose(here.deed(), toBeTold(), here.trouble());
  }

  private Optional<Report> toBeTold() {
    return report.filter(seen -> here.isOpen());
  }
}
