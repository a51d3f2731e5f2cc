package io.tharsis.replication.control.view;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.util.List;
import java.util.Optional;

/**
 * What one node knows of its cluster.
 *
 * @param node name of the node that was asked
 * @param cluster id of the cluster; empty if the node is in none
 * @param nodes all of it, the one that was asked among them
 * @param resources all of it, in order of their names
 * @param alarms what somebody must see; sentences
 */
public record ClusterView(
    String node,
    Optional<String> cluster,
    List<NodeView> nodes,
    List<ResourceView> resources,
    List<String> alarms) {

  /** Lists that nobody changes. */
  public ClusterView {
    nodes = List.copyOf(nodes);
    resources = List.copyOf(resources);
    alarms = List.copyOf(alarms);
  }

  /**
   * The same with one resource only.
   *
   * @throws RefusedException if there is none of that name
   */
  public ClusterView only(String resource) throws RefusedException {
    List<ResourceView> found =
        resources.stream().filter(one -> one.name().equals(resource)).toList();
    if (found.isEmpty()) {
      throw unknown(resource, node).thrown();
    }
    return new ClusterView(node, cluster, nodes, found, alarms);
  }

  /** What to say of a resource that a node does not know. */
  public static Refusal unknown(String resource, String node) {
    return Refusal.usage(
        "no-such-resource",
        "node " + node + " knows no resource '" + resource + "'",
        "tharsis view, which shows all of them");
  }
}
