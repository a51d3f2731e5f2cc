package io.tharsis.server.node;

import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostStore;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.RingDisk;
import io.tharsis.server.ring.RingStore;
import java.nio.file.Path;

/**
 * A directory of logfiles, opened for one way of appending.
 *
 * @param store what the log works with
 * @param directory what has to be closed after it
 */
public record AppendStore(Store store, HostStore directory) {

  /** Opens a directory, making it if need be; call it on the loop. */
  public static Async<AppendStore> open(
      Path directory, NodeLoop loop, IoThreads threads, AppendMethod method) {
    return HostStore.open(directory, loop.owner(), threads, options(method))
        .map(host ->
            switch (method) {
              case RING ->
                  new AppendStore(
                      new RingStore(host, loop.loop(), loop.owner(), RingDisk.Writes.DIRECT), host);
              case THREAD -> new AppendStore(host, host);
            });
  }

  private static HostDisk.Options options(AppendMethod method) {
    return switch (method) {
      case RING -> HostDisk.Options.DIRECT;
      // what was appended can be read back from the page cache
      case THREAD -> HostDisk.Options.BUFFERED;
    };
  }
}
