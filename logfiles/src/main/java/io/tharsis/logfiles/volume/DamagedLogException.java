package io.tharsis.logfiles.volume;

import java.io.IOException;

/** Durable log that cannot be read as it was written: repeating the read will not help. */
final class DamagedLogException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedLogException(String message) {
    super(message);
  }
}
