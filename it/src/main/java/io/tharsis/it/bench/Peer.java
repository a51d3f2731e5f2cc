package io.tharsis.it.bench;

import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;

/**
 * A target under measurement. Owned by the benchmark, which starts and stops it from one thread.
 */
public sealed interface Peer permits TgtPeer, TharsisPeer {

  /** How {@code --peers} and the report call it. */
  String name();

  /**
   * Serves a fully written logical unit on loopback.
   *
   * @return once an initiator can log in
   * @throws IOException where it does not come up in time; the message names its log
   */
  Running start(CacheMode mode) throws IOException;

  /**
   * A peer that serves. Closing it ends its processes.
   *
   * @param url the logical unit
   * @param child the process whose CPU time counts
   */
  record Running(IscsiUrl url, ChildProcess child) implements AutoCloseable {
    @Override
    public void close() {
      child.close();
    }
  }
}
