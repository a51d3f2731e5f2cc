package io.tharsis.it.initiator;

import java.io.IOException;
import java.io.Serial;

/** A command that had to succeed ended otherwise; the message names command, status and sense. */
public final class CommandFailedException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  CommandFailedException(Cdb cdb, CommandResult result) {
    super(
        result.status() + result.sense().map(sense -> " " + sense).orElse("") + " for CDB " + cdb);
  }
}
