package io.tharsis.replication.node;

import io.tharsis.replication.fetch.Retention;
import java.util.Map;
import java.util.UUID;

/**
 * Log that a former primary goes on keeping: members that were away when it gave the role to
 * another one may need what that one has recycled long ago. It is kept until all of them have come
 * to where the role was given away, or the log's space is short; the deed says so, lest a restart
 * ends it. They find it because whatever the primary has no more is asked of all members.
 */
final class Keeping {

  private Keeping() {}

  /** From where on, or {@link Retention#GIVEN_UP} if nothing is kept. */
  static long from(Deed deed) {
    return deed.isPrimary()
        ? Retention.GIVEN_UP
        : deed.needed().values().stream().mapToLong(lsn -> lsn).min().orElse(Retention.GIVEN_UP);
  }

  /** Whether something is kept that nobody needs any more, as far as the directory tells. */
  static boolean isOver(Deed deed, ResourceTeller resources) {
    if (deed.isPrimary() || deed.granted().isPresent() || deed.needed().isEmpty()) {
      return false;
    }
    long end = deed.needed().getOrDefault(resources.self(), Retention.GIVEN_UP);
    return deed.needed().entrySet().stream()
        .filter(one -> !one.getKey().equals(resources.self()))
        .allMatch(one -> hasIt(deed, one, end, resources));
  }

  private static boolean hasIt(
      Deed deed, Map.Entry<UUID, Long> needed, long end, ResourceTeller resources) {
    UUID member = needed.getKey();
    return needed.getValue() == Retention.GIVEN_UP
        || !resources.otherMembers(deed.resource()).contains(member)
        || resources.toldDurable(deed.resource(), member) >= end;
  }
}
