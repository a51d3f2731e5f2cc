package io.tharsis.replication.directory;

import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What is wrong now, each told once and counted. Belongs to the directory. */
final class Alarms {

  /** Most that are told apart; what comes beyond is only counted. */
  static final int MAX = 256;

  /** An alarm and how often it was raised. */
  record Raised(Alarm alarm, long times) {}

  private final TreeMap<String, Raised> raised = new TreeMap<>();
  private long untold;

  void raise(Alarm alarm, Consumer<Alarm> tell) {
    String subject = alarm.subject();
    boolean known = raised.containsKey(subject);
    if (!known && raised.size() >= MAX) {
      untold++;
      return;
    }
    raised.merge(
        subject, new Raised(alarm, 1), (before, now) -> new Raised(alarm, before.times + 1));
    if (!known) {
      tell.accept(alarm);
    }
  }

  void end(Alarm alarm) {
    raised.remove(alarm.subject());
  }

  void endAll() {
    raised.clear();
  }

  List<Raised> all() {
    return List.copyOf(raised.values());
  }

  long untold() {
    return untold;
  }
}
