package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The epochs a log went through, oldest first, each continuing the one before.
 *
 * @param epochs the newest {@link #MAX_EPOCHS} of them
 */
public record Lineage(List<Epoch> epochs) {

  /** How many epochs are remembered. */
  public static final int MAX_EPOCHS = 256;

  /** Of a log that was never opened. */
  public static final Lineage NONE = new Lineage(List.of());

  /** A lineage without gaps. */
  public Lineage {
    epochs = List.copyOf(epochs);
    Invariant.check(epochs.size() <= MAX_EPOCHS, "epochs in lineage", epochs.size());
    for (int i = 1; i < epochs.size(); i++) {
      Epoch epoch = epochs.get(i);
      Epoch before = epochs.get(i - 1);
      Invariant.check(
          epoch.parent().id().equals(before.id()) && epoch.number() > before.number(),
          "epoch does not continue the one before",
          epoch.number(),
          before.number());
      Invariant.check(
          epoch.parent().forkLsn() >= before.startLsn(),
          "epoch forks before its parent's start",
          epoch.parent().forkLsn(),
          before.startLsn());
    }
  }

  /** The lineage with one more epoch, which continues the newest; the oldest may be forgotten. */
  public Lineage with(Epoch epoch) {
    List<Epoch> all = new ArrayList<>(epochs);
    all.add(epoch);
    return new Lineage(all.subList(Math.max(0, all.size() - MAX_EPOCHS), all.size()));
  }

  /** The epoch that was opened last. */
  public Optional<Epoch> newest() {
    return epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.getLast());
  }

  /**
   * Whether a position in an epoch can be one of this log: false if the log has left that epoch
   * before. Of an epoch that is not known here nothing can be ruled out.
   *
   * @param lsn exclusive end of what lies in the epoch
   */
  public boolean mayReach(UUID epochId, long lsn) {
    return epochs.stream()
        .filter(next -> next.parent().id().equals(epochId))
        .allMatch(next -> lsn <= next.parent().forkLsn());
  }

  /** The epoch with this id. */
  public Optional<Epoch> find(UUID id) {
    return epochs.stream().filter(epoch -> epoch.id().equals(id)).findFirst();
  }
}
