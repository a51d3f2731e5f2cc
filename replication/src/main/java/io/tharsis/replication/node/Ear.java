package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.ReplicationMode;

/**
 * Hears a replica, on its owner, and passes on at home what it says. One for each opening or change
 * of roles; what the replica asks of it was decided when that began.
 */
final class Ear implements Lodger.Listener {

  /** Told at home. */
  interface Hearer {
    /** What the replica was is worth nothing in a moment; succeeds when others have been told. */
    Async<Void> flipping();

    /** Nothing was there before it was opened. */
    void foundNothing();

    /** It takes no log any more, and must be opened again. */
    void stopped();

    /** Something has to be remembered or shown before the next look. */
    void changed();
  }

  private final Crossing crossing;
  private final ReplicationMode mode;
  private final boolean replays;
  private final Hearer hearer;
  private boolean wanted = true;

  /**
   * @param mode what GOOD promises from the beginning
   * @param replays whether log is put on the disk while it is being opened
   */
  Ear(Crossing crossing, ReplicationMode mode, boolean replays, Hearer hearer) {
    this.crossing = crossing;
    this.mode = mode;
    this.replays = replays;
    this.hearer = hearer;
  }

  /** At home: what is under way to open it may take long, and is to be put off. */
  void putOff() {
    crossing.tell(() -> wanted = false);
  }

  @Override
  public ReplicationMode mode() {
    return mode;
  }

  @Override
  public boolean isWanted() {
    return wanted;
  }

  @Override
  public boolean replays() {
    return replays;
  }

  @Override
  public Async<Void> flipping() {
    Async<Void> told = new Async<>();
    crossing.tellHome(() ->
        hearer
            .flipping()
            .observe(
                done -> crossing.tell(() -> told.succeed(null)),
                cause -> crossing.tell(() -> told.fail(cause))));
    return told;
  }

  @Override
  public void foundNothing() {
    crossing.tellHome(hearer::foundNothing);
  }

  @Override
  public void stopped(String reason) {
    crossing.tellHome(hearer::stopped);
  }

  @Override
  public void changed() {
    crossing.tellHome(hearer::changed);
  }
}
