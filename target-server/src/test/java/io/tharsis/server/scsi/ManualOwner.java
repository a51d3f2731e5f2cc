package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Owner;
import java.util.ArrayDeque;

/** An owner whose messages run when the test says so. */
final class ManualOwner implements Owner {

  private final ArrayDeque<Runnable> messages = new ArrayDeque<>();

  @Override
  public void execute(Runnable message) {
    messages.addLast(message);
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  /** Runs messages until there is none. */
  void runAll() {
    while (!messages.isEmpty()) {
      messages.removeFirst().run();
    }
  }
}
