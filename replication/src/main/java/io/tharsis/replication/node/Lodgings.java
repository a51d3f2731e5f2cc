package io.tharsis.replication.node;

import io.tharsis.replication.control.Switches;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.control.view.Waiting;
import java.util.List;
import java.util.stream.Collectors;

/** What verbs ask of replicas. */
final class Lodgings {

  private Lodgings() {}

  /** A consistent copy, as far as is known, however long ago that was. */
  static boolean isConsistent(ReplicaFacts facts) {
    return facts.disk().present()
        && facts.disk().dirtyBytes() == 0
        && facts.log().checkpointLsn() >= facts.log().consistentFromLsn()
        && facts.log().durableLsn() > 0;
  }

  /** Whether nobody knows how it is now. */
  static boolean isSilent(ReplicaFacts facts) {
    return facts.freshness().age().compareTo(facts.freshness().limit()) > 0;
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

  /** Whether a wait is over. */
  static boolean isReached(WaitState state, ReplicaFacts facts) {
    return Waiting.isOver(state, facts);
  }

  static Switches switchesOf(Deed deed) {
    io.tharsis.replication.directory.Switches on = deed.switches();
    return new Switches(on.attach(), on.fetch(), on.replay(), on.sync());
  }

  static io.tharsis.replication.directory.Switches told(Switches on) {
    return new io.tharsis.replication.directory.Switches(
        on.attach(), on.fetch(), on.replay(), on.sync());
  }
}
