package io.tharsis.replication.node;

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
}
