package io.tharsis.replication.node;

import io.tharsis.replication.control.view.BranchView;
import java.time.Duration;

/**
 * Makes what is shown of branches out of what was told.
 *
 * @param keep for how long branches are kept
 * @param nowMillis wall clock here; that of another node may differ
 */
record BranchFacts(Duration keep, long nowMillis) {

  BranchView of(BranchTelling told) {
    return new BranchView(
        told.loss()
            .map(loss ->
                new BranchView.Loss(
                    loss.fork().lsn(),
                    loss.bytes(),
                    loss.firstMillis(),
                    loss.lastMillis(),
                    loss.touchedBytes())),
        told.kept().stream().map(this::kept).toList());
  }

  private BranchView.Kept kept(BranchTelling.Kept one) {
    Duration age = Duration.ofMillis(Math.max(0, nowMillis - one.keptMillis()));
    Duration rest = keep.minus(age);
    return new BranchView.Kept(
        one.name(),
        one.epoch(),
        one.fromLsn(),
        one.toLsn(),
        one.fileBytes(),
        age,
        rest.isNegative() ? Duration.ZERO : rest);
  }
}
