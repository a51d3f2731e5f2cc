package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.view.ClusterView;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A node of a cluster: knows the others, keeps its memberships going, and carries verbs out. Lives
 * on the node's owner; every method is called there.
 */
public final class ClusterNode {

  private ClusterNode() {}

  /**
   * Opens the directory, begins to accept links, and opens again all replicas that it has. Succeeds
   * when others can reach it; replicas may take longer, and one that cannot be opened is shown.
   */
  public static Async<ClusterNode> open(NodeSetting setting, NodeSeams seams) {
    return Async.failed(new IOException("not there yet: " + setting + seams));
  }

  /** Where it accepts links. */
  public InetSocketAddress address() {
    throw new IllegalStateException("not there yet");
  }

  /**
   * Carries a verb out, except those that begin or end a cluster. Fails with a {@link
   * io.tharsis.replication.control.RefusedException}; ends by the deadline of the request.
   */
  public Async<Outcome> execute(Request request) {
    return Async.failed(new IOException("not there yet: " + request));
  }

  /** Everything this node knows now. */
  public ClusterView view() {
    throw new IllegalStateException("not there yet");
  }

  /** A newer cluster document is in force here: tells it to the others. */
  public void trustChanged() {}

  /** Closes all replicas in order, then links and directory. Succeeds when nothing is open. */
  public Async<Void> close() {
    return Async.done();
  }
}
