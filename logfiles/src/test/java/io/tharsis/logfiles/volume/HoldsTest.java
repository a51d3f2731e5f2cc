package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import org.junit.jupiter.api.Test;

class HoldsTest {

  private static final Range RANGE = new Range(4096, 8192);
  private static final Range ELSEWHERE = new Range(8192, 12288);

  private long checkpoint = 100;
  private int releases;
  private final Holds holds = new Holds(() -> checkpoint, () -> releases++);

  /** A run that changes {@link #RANGE} of volume 0. */
  private static boolean changes(int volume, Range range) {
    return volume == 0 && range.from() < RANGE.to() && RANGE.from() < range.to();
  }

  @Test
  void withoutARunAHoldIsGrantedAtOnceAndCoversItsRangeOnly() {
    Hold hold = holds.ask(0, RANGE).value();

    assertThat(hold.checkpointLsn()).isEqualTo(100);
    assertThat(holds.cover(0, new Range(8191, 8193))).isTrue();
    assertThat(holds.cover(0, ELSEWHERE)).isFalse();
    assertThat(holds.cover(1, RANGE)).isFalse();

    hold.release();
    assertThat(holds.cover(0, RANGE)).isFalse();
    assertThat(releases).isEqualTo(1);
    assertThatThrownBy(hold::release).isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void aHoldOfWhatARunChangesIsGrantedAfterItAtTheNewCheckpoint() {
    holds.begin(HoldsTest::changes);
    Async<Hold> waits = holds.ask(0, RANGE);
    Async<Hold> other = holds.ask(0, ELSEWHERE);
    assertThat(waits.isDone()).isFalse();
    assertThat(holds.cover(0, RANGE)).isFalse();
    assertThat(other.isDone()).isTrue();

    checkpoint = 200;
    holds.end();

    assertThat(waits.value().checkpointLsn()).isEqualTo(200);
    assertThat(other.value().checkpointLsn()).isEqualTo(100);
  }

  @Test
  void aRunThatWaitsGoesOnThoughAnotherHoldIsAskedForMeanwhile() {
    Hold first = holds.ask(0, RANGE).value();
    holds.begin(HoldsTest::changes);
    Async<Void> run = holds.whenReleased();
    Async<Hold> second = holds.ask(0, RANGE);

    first.release();

    assertThat(run.isDone()).isTrue();
    assertThat(holds.cover(0, RANGE)).isFalse();
    assertThat(second.isDone()).isFalse();
    holds.end();
    assertThat(second.isDone()).isTrue();
  }

  @Test
  void whoWaitsWhenItClosesIsRefused() {
    holds.begin(HoldsTest::changes);
    Async<Hold> waits = holds.ask(0, RANGE);

    holds.refuse();

    assertThat(waits.failure()).isPresent();
    assertThat(holds.count()).isZero();
  }
}
