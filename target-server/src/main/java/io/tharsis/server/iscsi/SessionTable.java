package io.tharsis.server.iscsi;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions of one target by initiator port, confined to the target's loop. At most one session
 * per port: a new login ends the old one first (RFC 7143 6.3.5).
 */
final class SessionTable {

  /** Logins of one initiator port that may wait for the end of the session before them. */
  static final int MAX_WAITING_LOGINS = 4;

  private static final int MAX_TSIH = 0xffff;

  private final Map<String, Session> byPort = new HashMap<>();

  /** Who waits for the session of a port to end, in order of arrival. */
  private final Map<String, List<Claim>> waiting = new HashMap<>();

  private int lastTsih;

  /** Told when the last session has ended; there are none to come then. */
  private Optional<Runnable> emptied = Optional.empty();

  /** A login that wants the session of an initiator port; told on the loop. */
  interface Claim {
    /** The port has no session; this one is added at once. */
    void granted(int tsih);

    /** Too many logins of the port wait already. */
    void refused();

    /** The target is being removed. */
    void removed();

    /** Whether somebody still waits for it. */
    boolean isWanted();
  }

  /**
   * Ends what session the port has, then grants the claim. The end may take long: what waits for it
   * is bounded, and a claim beyond that is refused at once.
   */
  void claim(String port, Claim claim) {
    if (emptied.isPresent()) {
      claim.removed();
      return;
    }
    Session old = byPort.get(port);
    if (old == null) {
      claim.granted(nextTsih());
      return;
    }
    List<Claim> others = waiting.get(port);
    if (others == null) {
      waiting.put(port, new ArrayList<>(List.of(claim)));
      old.drop("session reinstated", () -> ended(port));
      return;
    }
    others.removeIf(other -> !other.isWanted());
    if (others.size() < MAX_WAITING_LOGINS) {
      others.add(claim);
    } else {
      claim.refused();
    }
  }

  private void ended(String port) {
    for (Claim claim : waiting.remove(port)) {
      if (claim.isWanted()) {
        claim(port, claim);
      }
    }
  }

  /** Logins that wait for the session of a port to end, those that have given up included. */
  int waitingLogins(String port) {
    return waiting.getOrDefault(port, List.of()).size();
  }

  void add(Session session) {
    byPort.put(session.port(), session);
  }

  /** Forgets a session, unless its port has another one by now. */
  void remove(Session session) {
    byPort.remove(session.port(), session);
    tellIfEmptied();
  }

  /** Lets nobody in any more; {@code done} runs when there is no session, now or later. */
  void close(Runnable done) {
    Invariant.check(emptied.isEmpty(), "closed once");
    emptied = Optional.of(done);
    tellIfEmptied();
  }

  private void tellIfEmptied() {
    if (byPort.isEmpty()) {
      emptied.ifPresent(Runnable::run);
    }
  }

  /** Whether the port has a session with this handle. */
  boolean has(String port, int tsih) {
    Session session = byPort.get(port);
    return session != null && session.tsih() == tsih;
  }

  List<Session> all() {
    return List.copyOf(byPort.values());
  }

  private int nextTsih() {
    do {
      lastTsih = lastTsih % MAX_TSIH + 1;
    } while (isUsed(lastTsih));
    return lastTsih;
  }

  private boolean isUsed(int tsih) {
    return byPort.values().stream().anyMatch(session -> session.tsih() == tsih);
  }
}
