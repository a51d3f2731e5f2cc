package io.tharsis.replication.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Nothing that a member needs is recycled, unless the log's space does not suffice for that. */
class RetentionTest {

  private static final UUID FAST = new UUID(1, 1);
  private static final UUID SLOW = new UUID(1, 2);
  private static final int LOGFILE_KIBIBYTES = 8 << 10;

  private final SourceLog source;
  private final List<String> told = new ArrayList<>();

  RetentionTest() throws IOException {
    source = new SourceLog(31);
  }

  private Retention retention(Map<UUID, Long> known) throws IOException {
    return source.on(() ->
        new Retention(
            source.log(),
            known,
            new Retention.Listener() {
              @Override
              public void sacrificed(UUID member, long neededLsn) {
                told.add("sacrificed " + member.getLeastSignificantBits() + " at " + neededLsn);
              }

              @Override
              public void readmitted(UUID member, long neededLsn) {
                told.add("readmitted " + member.getLeastSignificantBits());
              }
            }));
  }

  private void fill(int logfiles) throws IOException {
    for (int i = 0; i < logfiles; i++) {
      source.write(LOGFILE_KIBIBYTES);
      source.apply();
    }
  }

  private long retained() {
    return source.log().marks().retained();
  }

  private void on(Runnable action) throws IOException {
    source.on(() -> {
      action.run();
      return true;
    });
  }

  @Test
  void aSilentMemberIsWaitedFor() throws IOException {
    retention(Map.of(FAST, 0L));
    fill(4);
    assertThat(retained()).isZero();
    assertThat(source.log().heldBytes()).isPositive();
    assertThat(told).isEmpty();
  }

  @Test
  void theSlowestDecides() throws IOException {
    Retention retention = retention(Map.of(FAST, 0L, SLOW, 0L));
    fill(3);
    long durable = source.log().marks().durable();
    on(() -> retention.progressed(FAST, durable));
    assertThat(retained()).isZero();
    on(() -> retention.progressed(SLOW, durable));
    assertThat(retained()).isPositive();
    on(() -> retention.progressed(SLOW, 0));
    assertThat(retention.neededBy(SLOW)).contains(durable);
  }

  @Test
  void whoIsNoMemberIsNotWaitedFor() throws IOException {
    Retention retention = retention(Map.of(SLOW, 0L));
    fill(3);
    on(() -> retention.progressed(FAST, 7));
    assertThat(retention.neededBy(FAST)).isEmpty();
    on(() -> retention.remove(SLOW));
    assertThat(retained()).isPositive();
  }

  @Test
  void theSlowestIsGivenUpWhenSpaceIsShortAndCountsAgainWhenItHasCaughtUp() throws IOException {
    Retention retention = retention(Map.of(FAST, 0L, SLOW, 0L));
    fill(3);
    long durable = source.log().marks().durable();
    on(() -> retention.progressed(FAST, durable));
    assertThat(retention.slowest()).contains(SLOW);
    on(retention::spaceShort);
    assertThat(told).containsExactly("sacrificed 2 at 0");
    assertThat(retention.neededBy(SLOW)).contains(Retention.GIVEN_UP);
    assertThat(retained()).isPositive();
    // There is nothing left that is kept only for members.
    on(retention::spaceShort);
    assertThat(told).hasSize(1);
    long newest = source.log().shipped().newestBase().orElseThrow();
    on(() -> retention.progressed(SLOW, newest - 1));
    assertThat(told).hasSize(1);
    on(() -> retention.progressed(SLOW, newest));
    assertThat(told).containsExactly("sacrificed 2 at 0", "readmitted 2");
    assertThat(retention.neededBy(SLOW)).contains(newest);
  }

  @Test
  void whoWasGivenUpBeforeARestartIsKnownToBe() throws IOException {
    Retention retention = retention(Map.of(SLOW, Retention.GIVEN_UP));
    fill(4);
    assertThat(retained()).isPositive();
    assertThat(retention.slowest()).isEmpty();
    on(retention::spaceShort);
    assertThat(told).isEmpty();
  }
}
