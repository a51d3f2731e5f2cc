package io.tharsis.replication.node;

import io.tharsis.replication.fetch.Retention;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the deed of a primary remembers of who needs its log from where on: decisions at once,
 * progress now and then. Belongs to a {@link Tenancy}.
 */
final class NeedNotes {

  /** How many ticks pass before what retention has learnt is written down again. */
  private static final int TICKS_BETWEEN_NOTES = 30;

  private int ticks;

  /** Time has passed. */
  void tick() {
    ticks++;
  }

  /** The deed as it is to be; the same one if nothing is to be written down now. */
  Deed noted(Deed deed, Report seen) {
    SortedMap<UUID, Long> now = new TreeMap<>(seen.needed());
    boolean decided =
        !now.keySet().equals(deed.needed().keySet())
            || now.entrySet().stream().anyMatch(one -> isDecision(deed, one));
    boolean due = ticks % TICKS_BETWEEN_NOTES == 0 && !now.equals(deed.needed());
    return decided || due ? deed.needing(now) : deed;
  }

  private static boolean isDecision(Deed deed, Map.Entry<UUID, Long> now) {
    boolean wasGiven = deed.needed().get(now.getKey()) == Retention.GIVEN_UP;
    return wasGiven != (now.getValue() == Retention.GIVEN_UP);
  }

  /** Members for which the log is kept no more, of which the deed does not know that yet. */
  static List<UUID> givenUp(Deed deed, Report seen) {
    return new TreeMap<>(seen.needed())
        .entrySet().stream()
            .filter(one -> one.getValue() == Retention.GIVEN_UP)
            .map(Map.Entry::getKey)
            .filter(member -> deed.needed().getOrDefault(member, 0L) != Retention.GIVEN_UP)
            .toList();
  }
}
