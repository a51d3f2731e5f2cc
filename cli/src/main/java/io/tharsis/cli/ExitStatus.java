package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.Refusal;

/** What the exit status of a verb says. */
final class ExitStatus {

  static final String HEADING = "%nExit status:%n";
  static final String SOUND = "  0  the log is sound: an opening would open it";
  static final String DAMAGED = "  1  something is damaged, or an opening would refuse";
  static final String USAGE = "  2  usage, or not the directory of a resource";
  static final String CANNOT_READ = "  3  it cannot be read, or not now";

  private ExitStatus() {}

  static int of(LogView view) {
    return view.sound() ? 0 : 1;
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
