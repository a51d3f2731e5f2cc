package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A target that is taken away while initiators use it. */
class TargetRemovalTest extends OnePortal {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int TARGET_REMOVED = 0x0204;

  /** Done when no command can have an effect any more. */
  private CompletableFuture<Void> remove(Duration limit) {
    CompletableFuture<Void> removed = new CompletableFuture<>();
    fixture.target.loop().execute(() -> fixture.target.close(limit, () -> removed.complete(null)));
    return removed;
  }

  /** What was posted to the loop has run, and what that has posted. */
  private void passTurns() throws Exception {
    for (int turn = 0; turn < 2; turn++) {
      fixture.target.loop().submit(() -> {}).get(5, TimeUnit.SECONDS);
    }
  }

  private static void await(CompletableFuture<Void> removed) throws Exception {
    removed.get(5, TimeUnit.SECONDS);
  }

  @Test
  void aTargetThatNobodyUsesIsGoneAtOnce() throws Exception {
    await(remove(LONG));
  }

  @Test
  void whatWasBegunIsAnsweredAndNothingMoreIsBegun() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      RawPdu begun = initiator.testUnitReady();
      initiator.send(begun);
      fixture.device.events.await("begin " + begun.tag());
      CompletableFuture<Void> removed = remove(LONG);
      passTurns();
      initiator.send(initiator.testUnitReady());
      assertThat(removed).isNotDone();
      fixture.device.keep(false);
      assertThat(initiator.receive().tag()).isEqualTo(begun.tag());
      assertThat(initiator.isClosedByTarget()).isTrue();
      await(removed);
      assertThat(fixture.device.events.soFar())
          .filteredOn(event -> event.startsWith("begin"))
          .hasSize(1);
    }
  }

  @Test
  void aCommandThatDoesNotEndIsAborted() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keep(true);
      RawPdu begun = initiator.testUnitReady();
      initiator.send(begun);
      fixture.device.events.await("begin " + begun.tag());
      await(remove(Duration.ofMillis(50)));
      assertThat(fixture.device.events.soFar()).contains("aborted " + begun.tag());
      assertThat(initiator.isClosedByTarget()).isTrue();
    }
  }

  @Test
  void itIsNotGoneBeforeItsLastNexusIs() throws Exception {
    try (RawInitiator initiator = fixture.loggedIn()) {
      fixture.device.keepLoss(true);
      CompletableFuture<Void> removed = remove(LONG);
      assertThat(initiator.isClosedByTarget()).isTrue();
      fixture.device.events.await("lose");
      assertThat(removed).isNotDone();
      fixture.device.keepLoss(false);
      await(removed);
    }
  }

  @Test
  void whoHasFoundItBeforeCannotLogInAnyMore() throws Exception {
    await(remove(LONG));
    try (RawInitiator late = fixture.connect()) {
      assertThat(late.login().at(36) >>> 16).isEqualTo(TARGET_REMOVED);
    }
    assertThat(fixture.counts.loginFailures).containsExactly(TARGET_REMOVED);
  }
}
