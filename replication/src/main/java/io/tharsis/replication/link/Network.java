package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.wire.LinkClass;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** What makes pipes. Called on the door's owner, and calls there. */
public interface Network {

  /** An address that is listened to. */
  interface Listening {
    /** The address in use. */
    InetSocketAddress address();

    /** No more pipes from it. */
    void close();
  }

  /**
   * Connects.
   *
   * @param to may be unresolved
   * @param linkClass what for
   * @return a pipe that has not been started; nothing is known yet about the other end. May end
   *     later than anybody waits for it
   */
  Async<Pipe> dial(InetSocketAddress to, LinkClass linkClass);

  /**
   * Begins to listen.
   *
   * @param at port 0 takes a free one
   * @param arrivals gets each pipe, not started, of which nothing is known yet
   */
  Async<Listening> listen(InetSocketAddress at, Consumer<Pipe> arrivals);
}
