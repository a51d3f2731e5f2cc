package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;

/** What the exit status of a verb says. */
final class ExitStatus {

  static final String HEADING = "%nExit status:%n";
  static final String SOUND = "  0  the log is sound: an opening would open it";
  static final String DAMAGED = "  1  something is damaged, or an opening would refuse";
  static final String USAGE = "  2  usage, or not the directory of a resource";
  static final String CANNOT_READ = "  3  it cannot be read, or not now";

  static final String DONE = "  0  done, or it was so already; with verify: all copies are equal";
  static final String SHOWN = "  0  shown";
  static final String FORBIDDEN =
      "  1  forbidden by the state of things; with verify: a copy differs";
  static final String NODE_USAGE = "  2  usage, or it makes no sense there";
  static final String NO_NODE = "  3  no node is running there, or the host does not let it";
  static final String LATE = "  4  begun, and not done in time";

  private ExitStatus() {}

  static int of(LogView view) {
    return view.sound() ? 0 : 1;
  }

  static int of(Outcome outcome) {
    return outcome instanceof Outcome.Verified verified && !verified.equal() ? 1 : 0;
  }

  static int of(Refusal refusal) {
    return switch (refusal.kind()) {
      case FORBIDDEN -> 1;
      case USAGE -> 2;
      case HOST -> 3;
      case LATE -> 4;
    };
  }
}
