package io.tharsis.replication.control;

import io.tharsis.replication.control.view.ClusterView;

/**
 * Operates one node: every verb, and what can be seen. Called at the rim, by threads that may wait;
 * the node is behind it, or the fake that verbs are tested with.
 *
 * <p>Both methods may be called by several threads at once. A verb is idempotent: what is so
 * already is an {@link Outcome.Done} that changed nothing.
 */
public interface NodeControl {

  /**
   * Carries a verb out, or says what it would do. Blocks until that is done, at most for the
   * deadline of the request and what it takes to answer. When the node stops, threads that wait
   * here are interrupted: that ends the wait, never the verb, and is a refusal.
   *
   * @throws RefusedException if it was not carried out, or not in time; the node stays as it was
   *     unless the refusal is {@link Refusal.Kind#LATE}
   */
  Outcome execute(Request request) throws RefusedException;

  /**
   * Everything this node knows of the cluster now. Blocks for as long as the node needs to answer,
   * never for another node.
   *
   * @throws RefusedException if the node cannot answer
   */
  ClusterView view() throws RefusedException;
}
