package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

/** What a test does with three simulated nodes. */
abstract class OnThreeNodes {

  /** They and what is between them; a test that needs another run puts a new one here. */
  SimCluster cluster = new SimCluster(1, 3);

  final SimClusterNode a() {
    return cluster.node(0);
  }

  final SimClusterNode b() {
    return cluster.node(1);
  }

  final SimClusterNode c() {
    return cluster.node(2);
  }

  /**
   * Where a resource is served; never at two nodes. Who has given the role away may have the
   * replica open for a moment, and takes nothing.
   */
  final Optional<SimClusterNode> serving(String resource) {
    List<SimClusterNode> all =
        cluster.nodes().stream()
            .filter(SimClusterNode::isUp)
            .filter(node ->
                node.premises().exported(resource).filter(open -> !open.isCeded()).isPresent())
            .toList();
    assertThat(all).hasSizeLessThan(2);
    return all.stream().findFirst();
  }
}
