package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import java.io.IOException;

/**
 * A wish that the log goes on in a new logfile, until that has begun, durably. Nobody's writes wait
 * for it: they go to the current logfile as long as the next one is not ready. Belongs to its
 * resource.
 */
final class Rotation {

  private final Log log;
  private final long from;
  private final Async<Boolean> result = new Async<>();
  private boolean begun;

  Rotation(Log log) {
    this.log = log;
    this.from = log.logfileNumber();
  }

  /** Whether a logfile was begun; not if the current one holds nothing. */
  Async<Boolean> result() {
    return result;
  }

  boolean isOver() {
    return result.isDone();
  }

  /** Does what can be done now. */
  void advance() {
    if (begun || isOver()) {
      return;
    }
    // The current one may have become full meanwhile.
    begun = log.logfileNumber() != from;
    if (!begun && !log.holdsRecords()) {
      result.succeed(false);
      return;
    }
    begun = begun || log.rotate();
    if (begun) {
      log.whenDurable(
          log.marks().appended(),
          Completion.of(
              () -> {
                if (!isOver()) {
                  result.succeed(true);
                }
              },
              this::fail));
    }
  }

  /** Nothing is appended any more: only what has begun may still end well. */
  void giveUp(IOException cause) {
    if (!begun) {
      fail(cause);
    }
  }

  /** It will not come about any more. */
  void fail(IOException cause) {
    if (!isOver()) {
      result.fail(cause);
    }
  }
}
