package io.tharsis.replication.control.view;

import java.time.Duration;

/**
 * How far a replica is behind what is known of its primary.
 *
 * @param bytes log between the replica's disk and the primary's durable end
 * @param time between the moment the replica's disk shows and the last known of the primary
 */
public record Lag(long bytes, Duration time) {

  static Lag of(ReplicaFacts facts) {
    long bytes =
        facts.standing().serving()
            ? 0
            : Math.max(0, facts.primary().durableLsn() - facts.log().checkpointLsn());
    Duration time =
        bytes == 0
            ? Duration.ZERO
            : Duration.between(facts.log().contentTime(), facts.primary().durableTime());
    return new Lag(bytes, time.isNegative() ? Duration.ZERO : time);
  }
}
