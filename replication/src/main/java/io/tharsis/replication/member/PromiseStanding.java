package io.tharsis.replication.member;

import io.tharsis.replication.control.ReplicationMode;
import java.util.OptionalLong;

/**
 * What GOOD promises at a primary, and how that is kept, at one moment.
 *
 * @param mode what is promised
 * @param state whether it is kept
 * @param sinceMillis since when it is stalled or degraded, in milliseconds since 1970-01-01 UTC;
 *     empty if it is neither
 */
public record PromiseStanding(ReplicationMode mode, State state, OptionalLong sinceMillis) {

  /** Whether a promise is kept. */
  public enum State {
    /** Nothing is promised. */
    NONE,
    /** It is kept. */
    KEPT,
    /** It is kept, and so writes wait for members that are not there. */
    STALLED,
    /** It is not kept: writes are answered as in async. */
    DEGRADED
  }
}
