package io.tharsis.server.node;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tharsis.server.loop.PatientHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The event loops of a node, one for each processor; resources are dealt out to them in turn. */
public final class NodeLoops implements AutoCloseable {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final MultiThreadIoEventLoopGroup group;
  private final List<NodeLoop> loops;

  /**
   * Starts them.
   *
   * @param transport how they wait
   * @param idlePoll how long they may look again before they sleep
   * @param count how many
   */
  public NodeLoops(Transport transport, Duration idlePoll, int count) {
    group =
        new MultiThreadIoEventLoopGroup(
            count,
            new DefaultThreadFactory("loop", false),
            PatientHandler.factory(transport.ioHandlers(), idlePoll));
    loops =
        Stream.generate(group::next)
            .limit(count)
            .map(IoEventLoop.class::cast)
            .map(NodeLoop::new)
            .toList();
  }

  /** All of them, for what may live on any. */
  public EventLoopGroup group() {
    return group;
  }

  /** The loop of the resource with this index, from 0. */
  public NodeLoop of(int index) {
    return loops.get(index % loops.size());
  }

  /** How many there are beside the first; at least 1, which may be the first itself. */
  public int spare() {
    return Math.max(1, loops.size() - 1);
  }

  /** Ends the loops; nothing may live on them any more. */
  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_LIMIT.toMillis());
  }
}
