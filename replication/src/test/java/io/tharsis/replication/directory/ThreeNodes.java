package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** Three simulated nodes, each nothing but its directory, and what tests ask of them. */
abstract class ThreeNodes {

  final Simulation simulation = new Simulation(11);
  final TestNet net = new TestNet(simulation);
  final TestNode a = node("a", 1);
  final TestNode b = node("b", 2);
  final TestNode c = node("c", 3);

  TestNode node(String name, long id) {
    return new TestNode(simulation, name, new UUID(1, id));
  }

  void start(TestNode... nodes) {
    for (TestNode node : nodes) {
      node.start(() -> {});
    }
    simulation.runUntil(() -> List.of(nodes).stream().allMatch(TestNode::isUp), 100_000);
  }

  <T> T done(TestNode node, Supplier<Async<T>> call) {
    List<Async<T>> result = new ArrayList<>();
    node.run(() -> result.add(call.get()));
    simulation.runUntil(() -> !result.isEmpty() && result.getFirst().isDone(), 100_000);
    return result.getFirst().value();
  }

  <T> IOException refused(TestNode node, Supplier<Async<T>> call) {
    List<Async<T>> result = new ArrayList<>();
    node.run(() -> result.add(call.get()));
    simulation.runUntil(() -> !result.isEmpty() && result.getFirst().isDone(), 100_000);
    return result.getFirst().failure().orElseThrow();
  }

  static WriteRefused.Code code(IOException refusal) {
    return ((WriteRefused) refusal).code();
  }

  Version sayNode(TestNode node, String program) {
    return done(
        node,
        () ->
            node.directory()
                .writeNode(
                    new NodeDocument(
                        node.host().name(),
                        node.directory().self().incarnation(),
                        List.of(),
                        new NodeDocument.Versions(program, 1, 1),
                        List.of())));
  }

  static String program(TestNode at, TestNode of) {
    return at.directory().view().node(of.id()).orElseThrow().content().versions().program();
  }

  void settle() {
    simulation.runFor(Duration.ofSeconds(20));
  }

  static Authority authority(long number, UUID id, EpochRef... continues) {
    return new Authority(new EpochRef(number, id), List.of(continues), false);
  }

  void restore(TestNode node, Map<String, byte[]> backup) {
    net.isolate(node, List.of(a, b, c));
    node.crash(true);
    boolean[] restored = {false};
    node.restore(backup, () -> restored[0] = true);
    simulation.runUntil(() -> restored[0], 100_000);
    node.crash(false);
  }
}
