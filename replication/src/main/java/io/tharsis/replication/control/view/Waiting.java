package io.tharsis.replication.control.view;

import io.tharsis.replication.control.WaitState;

/** Which facts end a wait. */
public final class Waiting {

  private Waiting() {}

  /** Whether a replica is in the state; never true of what is too old to be known. */
  public static boolean isOver(WaitState state, ReplicaFacts facts) {
    return !facts.isSilent() && holds(state, facts);
  }

  private static boolean holds(WaitState state, ReplicaFacts facts) {
    return switch (state) {
      case ATTACHED -> facts.disk().attached();
      case DETACHED -> !facts.disk().attached();
      case FETCHED -> facts.isFetched();
      case REPLAYED -> facts.isReplayed();
      case SYNCED -> facts.isSynced();
      case CONSISTENT -> facts.isConsistent();
      case UP_TO_DATE -> DiskState.of(facts) == DiskState.UP_TO_DATE;
      case PRIMARY -> facts.standing().serving();
      case SECONDARY -> Role.of(facts) == Role.SECONDARY;
    };
  }
}
