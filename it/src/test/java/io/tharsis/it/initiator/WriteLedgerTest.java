package io.tharsis.it.initiator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every rule of the ledger, once kept and once broken. */
class WriteLedgerTest {

  private static final long VOLUME = 9;

  private final Map<Long, Stamp> disk = new HashMap<>();

  private WriteLedger ledger(WriteLedger.Promise promise) {
    return new WriteLedger(VOLUME, promise);
  }

  private void store(long sequence, long... blocks) {
    for (long block : blocks) {
      disk.put(block, new Stamp(VOLUME, block, sequence));
    }
  }

  private List<String> judge(WriteLedger ledger) {
    return ledger.violations(block -> Optional.ofNullable(disk.get(block)));
  }

  @Test
  void anAcknowledgedWriteMustBeThere() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long write = ledger.issue(5, 2);
    ledger.acknowledged(write, false);
    assertThat(judge(ledger))
        .hasSize(2)
        .allMatch(text -> text.contains("was acknowledged as stable"));
    store(write, 5, 6);
    assertThat(judge(ledger)).isEmpty();
  }

  @Test
  void anOlderWriteInItsPlaceIsALoss() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long older = ledger.issue(5, 1);
    ledger.acknowledged(older, false);
    ledger.acknowledged(ledger.issue(5, 1), false);
    store(older, 5);
    assertThat(judge(ledger)).hasSize(1);
  }

  @Test
  void ofTwoInFlightTogetherEitherMayBeTheLast() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long one = ledger.issue(5, 1);
    long two = ledger.issue(5, 1);
    ledger.acknowledged(two, false);
    ledger.acknowledged(one, false);
    store(one, 5);
    assertThat(judge(ledger)).isEmpty();
    store(two, 5);
    assertThat(judge(ledger)).isEmpty();
  }

  @Test
  void anUnacknowledgedWriteMayBeThereOrNotButNotInParts() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long write = ledger.issue(5, 2);
    assertThat(judge(ledger)).isEmpty();
    store(write, 5);
    assertThat(judge(ledger)).hasSize(1).allMatch(text -> text.contains("is torn"));
    store(write, 6);
    assertThat(judge(ledger)).isEmpty();
  }

  @Test
  void withAWriteCacheOnlyAFlushOrFuaPromises() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_FLUSHED);
    long write = ledger.issue(5, 1);
    ledger.acknowledged(write, false);
    assertThat(judge(ledger)).isEmpty();
    long late = ledger.issue(6, 1);
    long flush = ledger.issueFlush();
    ledger.acknowledged(late, false);
    assertThat(judge(ledger)).as("the flush is not acknowledged").isEmpty();
    ledger.flushed(flush);
    assertThat(judge(ledger))
        .as("only the write acknowledged before the flush")
        .hasSize(1)
        .allMatch(text -> text.contains("as stable"));
    store(write, 5);
    long forced = ledger.issue(7, 1);
    ledger.acknowledged(forced, true);
    assertThat(judge(ledger)).as("FUA").hasSize(1).allMatch(text -> text.contains("[7, 8)"));
  }

  @Test
  void aSurvivorProvesWhatWasAcknowledgedBeforeIt() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_FLUSHED);
    long first = ledger.issue(5, 1);
    ledger.acknowledged(first, false);
    long second = ledger.issue(6, 1);
    store(second, 6);
    assertThat(judge(ledger)).hasSize(1).allMatch(text -> text.contains("precedes a survivor"));
    store(first, 5);
    assertThat(judge(ledger)).isEmpty();
  }

  @Test
  void aStampFromElsewhereIsNoticed() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long write = ledger.issue(5, 1);
    disk.put(5L, new Stamp(VOLUME, 6, write));
    assertThat(judge(ledger)).as("misdirected").hasSize(1);
    disk.put(5L, new Stamp(VOLUME + 1, 5, write));
    assertThat(judge(ledger)).as("another volume").hasSize(1);
    store(write + 100, 5);
    assertThat(judge(ledger)).as("nobody wrote that").hasSize(1);
  }

  @Test
  void afterSettlingThePastNeitherVanishesNorComesBack() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long kept = ledger.issue(5, 2);
    ledger.acknowledged(kept, false);
    long over = ledger.issue(6, 1);
    long lost = ledger.issue(7, 1);
    store(kept, 5);
    store(over, 6);
    ledger.settle(block -> Optional.ofNullable(disk.get(block)));
    assertThat(ledger.blocks()).containsExactly(5L, 6L, 7L);
    assertThat(judge(ledger)).isEmpty();
    store(lost, 7);
    assertThat(judge(ledger)).as("a lost write came back").hasSize(1);
    disk.remove(7L);
    disk.remove(5L);
    assertThat(judge(ledger)).as("a settled block vanished").hasSize(1);
    store(ledger.issue(5, 1), 5);
    assertThat(judge(ledger)).as("overwritten since").isEmpty();
  }

  @Test
  void oneAnswerPerWrite() {
    WriteLedger ledger = ledger(WriteLedger.Promise.STABLE_WHEN_GOOD);
    long write = ledger.issue(5, 1);
    ledger.acknowledged(write, false);
    assertThatThrownBy(() -> ledger.acknowledged(write, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ledger.acknowledged(77, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
