package io.tharsis.logfiles.volume;

import java.io.IOException;

/**
 * A resource was not opened because nobody wants it any more, see {@link
 * ResourceListener#isWanted}. What had been done for that stays done: a later opening goes on
 * there.
 */
public final class OpeningPutOff extends IOException {
  private static final long serialVersionUID = 1L;

  OpeningPutOff(String message) {
    super(message);
  }
}
