package io.tharsis.logfiles.log;

import java.io.IOException;

/**
 * A log that cannot be taken back to a fork: what it would need to know of its own past is not
 * there. Nothing has changed; trying again does not help, beginning anew does.
 */
public final class CannotRewind extends IOException {
  private static final long serialVersionUID = 1L;

  CannotRewind(String why) {
    super(why);
  }
}
