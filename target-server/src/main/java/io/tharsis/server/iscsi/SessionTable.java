package io.tharsis.server.iscsi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions of one target by initiator port, confined to the target's loop. At most one session
 * per port: a new login ends the old one first (RFC 7143 6.3.5).
 */
final class SessionTable {

  private static final int MAX_TSIH = 0xffff;

  private final Map<String, Session> byPort = new HashMap<>();
  private int lastTsih;

  /** The session of an initiator port is free to take: {@code taken} runs on the loop. */
  @FunctionalInterface
  interface Claim {
    void granted(int tsih);
  }

  /** Ends what session the port has, then runs {@code claim}, which adds the new one at once. */
  void claim(String port, Claim claim) {
    Session old = byPort.get(port);
    if (old == null) {
      claim.granted(nextTsih());
    } else {
      old.drop("session reinstated", () -> claim(port, claim));
    }
  }

  void add(Session session) {
    byPort.put(session.port(), session);
  }

  /** Forgets a session, unless its port has another one by now. */
  void remove(Session session) {
    byPort.remove(session.port(), session);
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
