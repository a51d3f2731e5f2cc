package io.tharsis.replication.control.view;

import java.time.Duration;
import java.util.List;

/**
 * One node of the cluster as it is shown.
 *
 * @param name of the node
 * @param id its UUID
 * @param version of its program
 * @param peers {@code HOST:PORT} where its peers find it
 * @param linked whether there is a live link to it; true for this node
 * @param age how long ago it was heard of
 */
public record NodeView(
    String name, String id, String version, List<String> peers, boolean linked, Duration age) {

  /** Lists that nobody changes. */
  public NodeView {
    peers = List.copyOf(peers);
  }
}
