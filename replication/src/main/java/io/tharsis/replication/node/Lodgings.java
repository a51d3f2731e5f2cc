package io.tharsis.replication.node;

import io.tharsis.replication.control.Switches;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.view.ReplicaFacts;
import java.util.List;
import java.util.stream.Collectors;

/** What verbs ask of replicas. */
final class Lodgings {

  private Lodgings() {}

  /** A consistent copy, as far as is known, however long ago that was. */
  static boolean isConsistent(ReplicaFacts facts) {
    return facts.disk().present() && facts.isConsistent() && facts.log().durableLsn() > 0;
  }

  /** Replicas and what is known of them, for a refusal. */
  static String describe(List<ReplicaFacts> others) {
    return others.isEmpty()
        ? "there is no other member"
        : others.stream()
            .map(one ->
                "%s was %s at LSN %d, %s ago"
                    .formatted(
                        one.host(),
                        isConsistent(one) ? "consistent" : "not consistent",
                        one.log().durableLsn(),
                        TimeSpan.format(one.freshness().age())))
            .collect(Collectors.joining("; "));
  }

  /** Switches as an operator sees them. */
  static Switches shown(io.tharsis.replication.directory.Switches on) {
    return new Switches(on.attach(), on.fetch(), on.replay(), on.sync());
  }

  /** Switches as documents and deeds tell them. */
  static io.tharsis.replication.directory.Switches told(Switches on) {
    return new io.tharsis.replication.directory.Switches(
        on.attach(), on.fetch(), on.replay(), on.sync());
  }
}
