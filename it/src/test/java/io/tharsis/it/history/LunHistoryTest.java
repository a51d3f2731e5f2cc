package io.tharsis.it.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.history.Change.Kind;
import io.tharsis.it.history.LunHistory.Promise;
import org.junit.jupiter.api.Test;

/** The judge of the kill rounds, with histories made up to convict or to acquit. */
class LunHistoryTest {

  private static final int BLOCKS = 8;

  private final LunHistory durable = new LunHistory(1, BLOCKS, Promise.STABLE_WHEN_GOOD);
  private final LunHistory cached = new LunHistory(1, BLOCKS, Promise.STABLE_WHEN_FLUSHED);

  private static LunImage seen(long... sequences) {
    LunImage image = new LunImage(1, BLOCKS);
    for (int block = 0; block < sequences.length; block++) {
      image.set(block, sequences[block]);
    }
    return image;
  }

  private static Change acknowledged(LunHistory history, Kind kind, int from, int to) {
    Change change = history.issue(kind, from, to);
    history.acknowledged(change, false);
    return change;
  }

  @Test
  void durableWriteMustBeThere() {
    acknowledged(durable, Kind.WRITE, 0, 2);

    assertThat(durable.violations(seen(1, 1))).isEmpty();
    assertThat(durable.violations(seen(0, 0))).singleElement().asString().contains("was stable");
  }

  @Test
  void writeInFlightMayBeThereOrNotButNotInParts() {
    durable.issue(Kind.WRITE, 0, 2);

    assertThat(durable.violations(seen(0, 0))).isEmpty();
    assertThat(durable.violations(seen(1, 1))).isEmpty();
    assertThat(durable.violations(seen(1, 0))).singleElement().asString().contains("is torn");
  }

  @Test
  void writesInFlightTogetherMayOverlapInAnyOrder() {
    durable.issue(Kind.WRITE, 0, 2);
    durable.issue(Kind.WRITE, 1, 3);

    assertThat(durable.violations(seen(1, 2, 2))).isEmpty();
    assertThat(durable.violations(seen(1, 1, 2))).isEmpty();
    assertThat(durable.violations(seen(1, 1, 0))).isEmpty();
    assertThat(durable.violations(seen(1, 0, 2))).isNotEmpty();
  }

  @Test
  void overwrittenWriteMayNotComeBack() {
    acknowledged(durable, Kind.WRITE, 0, 1);
    acknowledged(durable, Kind.WRITE, 0, 1);

    assertThat(durable.violations(seen(2))).isEmpty();
    assertThat(durable.violations(seen(1))).singleElement().asString().contains("WRITE 2");
  }

  @Test
  void cachedWritesMayBeLostFromTheEndOnly() {
    acknowledged(cached, Kind.WRITE, 0, 1);
    acknowledged(cached, Kind.WRITE, 1, 2);

    assertThat(cached.violations(seen(0, 0))).isEmpty();
    assertThat(cached.violations(seen(1, 0))).isEmpty();
    assertThat(cached.violations(seen(1, 2))).isEmpty();
    assertThat(cached.violations(seen(0, 2)))
        .singleElement()
        .asString()
        .contains("precedes a survivor");
  }

  @Test
  void flushAndFuaMakeStable() {
    acknowledged(cached, Kind.WRITE, 0, 1);
    long token = cached.issueFlush();
    acknowledged(cached, Kind.WRITE, 1, 2);
    cached.flushed(token);
    Change fua = cached.issue(Kind.WRITE, 2, 3);

    assertThat(cached.violations(seen(1, 0, 0))).isEmpty();
    assertThat(cached.violations(seen(0, 0, 0))).hasSize(1);
    cached.acknowledged(fua, true);
    assertThat(cached.violations(seen(1, 2, 3))).isEmpty();
    assertThat(cached.violations(seen(1, 2, 0))).hasSize(1);
  }

  @Test
  void unmappedBlocksAreZeros() {
    acknowledged(durable, Kind.WRITE, 0, 2);
    acknowledged(durable, Kind.UNMAP, 0, 1);

    assertThat(durable.violations(seen(0, 1))).isEmpty();
    assertThat(durable.violations(seen(1, 1))).singleElement().asString().contains("UNMAP 2");
    assertThat(durable.violations(seen(0, 0))).singleElement().asString().contains("WRITE 1");
  }

  @Test
  void whatNobodyWroteIsNotExplained() {
    acknowledged(durable, Kind.WRITE, 0, 1);

    assertThat(durable.violations(seen(LunImage.FOREIGN))).isNotEmpty();
    assertThat(durable.violations(seen(1, 7))).singleElement().asString().contains("block 1");
  }

  @Test
  void whatWasSettledStays() {
    durable.issue(Kind.WRITE, 0, 1);
    durable.issue(Kind.WRITE, 1, 2);
    durable.settle(seen(0, 2));

    assertThat(durable.violations(seen(0, 2))).isEmpty();
    assertThat(durable.violations(seen(1, 2))).as("it had not survived").isNotEmpty();
    assertThat(durable.violations(seen(0, 0))).as("it had survived").isNotEmpty();
  }
}
