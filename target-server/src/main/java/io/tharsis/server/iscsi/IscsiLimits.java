package io.tharsis.server.iscsi;

import java.time.Duration;

/**
 * What the edge allows; every queue and buffer in it is bounded by one of these.
 *
 * @param connections connections of one portal, beyond which new ones are closed at once
 * @param login what a login may take
 * @param commands commands one session may have outstanding, the depth of its window
 * @param immediateCommands immediate SCSI commands one session may have outstanding
 * @param memory bytes that transfers may hold
 * @param nopIdle silence of an initiator after which it is pinged
 * @param nopTimeout silence after that ping which ends the connection
 */
public record IscsiLimits(
    int connections,
    Login login,
    int commands,
    int immediateCommands,
    Memory memory,
    Duration nopIdle,
    Duration nopTimeout) {

  /**
   * What one login may take.
   *
   * @param timeout from the connection to the end of login
   * @param pdus Login Requests
   * @param textBytes text of one negotiation step, over all its continued PDUs
   */
  public record Login(Duration timeout, int pdus, int textBytes) {}

  /**
   * Bytes that transfers may hold; commands wait when they are used up.
   *
   * @param connectionBytes of one connection
   * @param targetBytes of all connections of one target, {@code smallBytes} of each included
   * @param smallBytes of a transfer that a connection without one may always begin
   */
  public record Memory(long connectionBytes, long targetBytes, int smallBytes) {}

  /** Targets of one process that each may hold what the limits say; more of them share that. */
  private static final int FULL_SHARES = 4;

  /** The limits of each of so many targets in one process, whose memory does not grow with them. */
  public IscsiLimits sharedBy(int targets) {
    int parts = Math.max(1, Math.ceilDiv(targets, FULL_SHARES));
    return new IscsiLimits(
        connections,
        login,
        commands,
        immediateCommands,
        new Memory(memory.connectionBytes, memory.targetBytes / parts, memory.smallBytes / parts),
        nopIdle,
        nopTimeout);
  }

  /** The limits of a target that nobody configured. */
  public static IscsiLimits defaults() {
    return new IscsiLimits(
        256,
        new Login(Duration.ofSeconds(15), 32, 16 << 10),
        128,
        16,
        new Memory(16L << 20, 64L << 20, 64 << 10),
        Duration.ofSeconds(15),
        Duration.ofSeconds(15));
  }
}
