package io.tharsis.it.initiator;

import java.time.Duration;

/**
 * How an {@link Initiator} presents itself and how long it waits. An immutable value.
 *
 * @param initiatorName iSCSI name of the initiator
 * @param queueDepth most commands in flight at once, 1 to {@value #MAX_QUEUE_DEPTH}
 * @param timeout for the login and for every command, whole seconds, at least one
 * @param unitAttentions whether the connect consumes pending unit attentions or leaves them to the
 *     first command
 * @param sessionQualifier the last 16 bits of the ISID: two sessions with the same name and
 *     qualifier reinstate each other (RFC 7143, 6.3.5); negative for one chosen at random
 */
public record InitiatorSettings(
    String initiatorName,
    int queueDepth,
    Duration timeout,
    UnitAttentions unitAttentions,
    int sessionQualifier) {

  /** Upper limit of {@link #queueDepth}, in commands. */
  public static final int MAX_QUEUE_DEPTH = 1024;

  /** Who sees the unit attentions that a fresh session finds (SAM-5, 5.14). */
  public enum UnitAttentions {
    /** The connect sends TEST UNIT READY until it is GOOD. */
    CONSUMED,
    /** The connect ends with the login; the first command reports them. */
    KEPT
  }

  public InitiatorSettings {
    if (initiatorName.isEmpty()) {
      throw new IllegalArgumentException("an initiator needs a name");
    }
    if (queueDepth < 1 || queueDepth > MAX_QUEUE_DEPTH) {
      throw new IllegalArgumentException(
          "queue depth not in 1.." + MAX_QUEUE_DEPTH + ": " + queueDepth);
    }
    if (timeout.toSeconds() < 1) {
      throw new IllegalArgumentException("timeout below one second: " + timeout);
    }
    if (sessionQualifier > 0xffff) {
      throw new IllegalArgumentException("session qualifier over 16 bits: " + sessionQualifier);
    }
  }

  /** Depth 128, 30 seconds, unit attentions consumed, random ISID. */
  public static InitiatorSettings named(String initiatorName) {
    return new InitiatorSettings(
        initiatorName, 128, Duration.ofSeconds(30), UnitAttentions.CONSUMED, -1);
  }

  /** The same with another {@link #queueDepth}. */
  public InitiatorSettings withQueueDepth(int commands) {
    return new InitiatorSettings(
        initiatorName, commands, timeout, unitAttentions, sessionQualifier);
  }

  /** The same with another {@link #timeout}. */
  public InitiatorSettings withTimeout(Duration limit) {
    return new InitiatorSettings(
        initiatorName, queueDepth, limit, unitAttentions, sessionQualifier);
  }

  /** The same with another rule for {@link #unitAttentions}. */
  public InitiatorSettings withUnitAttentions(UnitAttentions rule) {
    return new InitiatorSettings(initiatorName, queueDepth, timeout, rule, sessionQualifier);
  }

  /** The same with a fixed ISID. */
  public InitiatorSettings withSessionQualifier(int qualifier) {
    return new InitiatorSettings(initiatorName, queueDepth, timeout, unitAttentions, qualifier);
  }
}
