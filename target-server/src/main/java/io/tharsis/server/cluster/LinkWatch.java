package io.tharsis.server.cluster;

import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Says in the diagnostics who was turned away at the peers' port, a line for many of them: whoever
 * knocks there may do so a thousand times a second. Belongs to the node's owner.
 */
final class LinkWatch {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  private static final Set<LinkEvent> WATCHED =
      EnumSet.of(
          LinkEvent.REFUSED_HERE,
          LinkEvent.REFUSED_THERE,
          LinkEvent.STRANGER_DROPPED,
          LinkEvent.GREETING_LATE,
          LinkEvent.NOT_TLS,
          LinkEvent.UNTRUSTED,
          LinkEvent.GARBAGE,
          LinkEvent.GREETING_BROKEN,
          LinkEvent.CLONE_SEEN,
          LinkEvent.EXPIRED,
          LinkEvent.REVOKED,
          LinkEvent.VIOLATION,
          LinkEvent.OVERFLOW,
          LinkEvent.BUG);

  private LinkCounts seen = new LinkCounts(Map.of());

  /** Says what is new. */
  void look(LinkCounts now) {
    List<String> news = news(now);
    if (!news.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "links with other nodes that came to nothing or were cut: {0}",
          String.join(", ", news));
    }
  }

  /** What is new, as {@code EVENT +NUMBER}. */
  List<String> news(LinkCounts now) {
    List<String> news = new ArrayList<>();
    for (LinkEvent event : WATCHED) {
      long more = now.of(event) - seen.of(event);
      if (more > 0) {
        news.add(event.name().toLowerCase(Locale.ROOT) + " +" + more);
      }
    }
    seen = now;
    return news;
  }
}
