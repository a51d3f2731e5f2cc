package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One binding of {@link Network} with nodes on it; a test owns it. */
public interface LinkWorld extends AutoCloseable {

  /** The limits under which nodes of tests live: short, so that real time is not wasted. */
  LinkLimits limits();

  /** A node that listens. */
  LinkNode start(LinkNode.Spec spec) throws IOException;

  /** Connections that others have opened to this node carry nothing any more; nobody is told. */
  void cut(LinkNode node);

  /** The process of the node is no more; its kernel tells the others. */
  void kill(LinkNode node);

  /** Lets the world go on until the condition holds. */
  void until(BooleanSupplier condition);

  /** Lets about so many times the idle limit pass. */
  void passIdleTimes(int count);

  /** Something may have become true. */
  void changed();

  /** Does something on the owner of a node's users of links, and waits for its end. */
  <T> T on(LinkNode node, Callable<T> action);

  /** Starts something on the owner of a node and lets the world go on until it has ended. */
  <T> T await(LinkNode node, Supplier<Async<T>> operation) throws IOException;

  @Override
  void close();
}
