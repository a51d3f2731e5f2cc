package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;

/**
 * Reports the end of an operation to whoever is no initiator.
 *
 * @param what failed, if it does
 */
record Reporting(Async<Void> result, String what) implements VolumeCompletion {

  @Override
  public void succeeded() {
    result.succeed(null);
  }

  @Override
  public void failed(VolumeFault fault) {
    result.fail(new IOException(what + " failed: " + fault));
  }
}
