package io.tharsis.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkEvent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of links that came to nothing. */
class LinkWatchTest {

  private static LinkCounts counts(long untrusted, long accepted) {
    return new LinkCounts(Map.of(LinkEvent.UNTRUSTED, untrusted, LinkEvent.ACCEPTED, accepted));
  }

  @Test
  void onlyWhatIsNewAndCameToNothingIsSaid() {
    LinkWatch watch = new LinkWatch();
    assertThat(watch.news(counts(0, 5))).isEmpty();
    assertThat(watch.news(counts(2, 6))).containsExactly("untrusted +2");
    assertThat(watch.news(counts(2, 7))).isEmpty();
    assertThat(watch.news(counts(3, 7))).containsExactly("untrusted +1");
  }
}
