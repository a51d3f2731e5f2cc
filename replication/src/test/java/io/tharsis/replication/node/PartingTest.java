package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.ResourceDocument;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Where two logs part, as one of both tells its epochs. */
final class PartingTest {

  private static final Epoch FIRST = Epoch.first(id(1), 0);
  private static final Epoch RESTARTED = FIRST.next(id(2), Epoch.Kind.RESTART, 4096);
  private static final Epoch FORCED = FIRST.next(id(3), Epoch.Kind.FORCED, 4096, 1000);

  private static UUID id(long number) {
    return new UUID(0x45, number);
  }

  private static Lineage lineage(Epoch... epochs) {
    return new Lineage(List.of(epochs));
  }

  private static Report report(Lineage lineage, long durable) {
    return new Report(
        false,
        lineage,
        1 << 20,
        new Report.Marks(0, 0, durable),
        new Report.Sync(true, 0, 0, Optional.empty()),
        new Report.Source(true, true, Optional.empty(), false),
        Report.Rates.NONE,
        List.of(),
        Optional.empty(),
        Collections.emptyMap(),
        BranchTelling.NONE);
  }

  private static Parting parting(Lineage ours, long durable, Lineage theirs) {
    return Parting.of(report(ours, durable), Optional.of(theirs));
  }

  @Test
  void whatGoesBeyondTheForkIsABranch() {
    Parting.At fork = new Parting.At(new Fork(id(1), 4096));
    assertThat(parting(lineage(FIRST), 8192, lineage(FIRST, FORCED))).isEqualTo(fork);
    assertThat(parting(lineage(FIRST, RESTARTED), 8192, lineage(FIRST, FORCED))).isEqualTo(fork);
  }

  @Test
  void anEpochOfItsOwnIsABranchThoughNothingIsInIt() {
    assertThat(parting(lineage(FIRST, RESTARTED), 4096, lineage(FIRST, FORCED)).where())
        .contains(new Fork(id(1), 4096));
  }

  @Test
  void whatEndsAtTheForkOrBeforeIsNone() {
    assertThat(parting(lineage(FIRST), 4096, lineage(FIRST, FORCED))).isEqualTo(new Parting.None());
    assertThat(parting(lineage(FIRST), 100, lineage(FIRST, FORCED))).isEqualTo(new Parting.None());
  }

  @Test
  void whoIsAheadOfWhatWasToldIsNone() {
    assertThat(parting(lineage(FIRST, FORCED), 8192, lineage(FIRST))).isEqualTo(new Parting.None());
  }

  @Test
  void nobodyKnowsWhatWasNotTold() {
    Report seen = report(lineage(FIRST), 8192);
    assertThat(Parting.of(seen, Optional.empty())).isEqualTo(new Parting.Unknown());
    Lineage others = lineage(Epoch.first(id(9), 0));
    assertThat(Parting.of(seen, Optional.of(others))).isEqualTo(new Parting.Unknown());
    assertThat(Parting.of(report(Lineage.NONE, 0), Optional.of(others)))
        .isEqualTo(new Parting.None());
  }

  private static boolean isBranch(Epoch newest, long durable, Lineage theirs) {
    return Parting.isBranch(new EpochRef(newest.number(), newest.id()), durable, theirs);
  }

  @Test
  void ofWhoSaysOnlyWhereItsLogEndsItIsKnownToo() {
    Lineage theirs = lineage(FIRST, FORCED);
    assertThat(isBranch(FIRST, 4096, theirs)).isFalse();
    assertThat(isBranch(FIRST, 4097, theirs)).isTrue();
    assertThat(isBranch(RESTARTED, 4096, theirs)).isTrue();
    assertThat(isBranch(FORCED, 1 << 20, theirs)).isFalse();
  }

  @Test
  void whatIsOlderOrNewerThanAllThatWasToldIsNoBranchForSure() {
    Epoch newer = FORCED.next(id(4), Epoch.Kind.HANDOVER, 8192);
    assertThat(isBranch(newer, 1 << 20, lineage(FIRST, FORCED))).isFalse();
    assertThat(isBranch(FIRST, 1 << 20, lineage(newer))).isFalse();
  }

  @Test
  void theOldestThatWasToldSaysWhereItHasLeftTheOneBefore() {
    assertThat(isBranch(FIRST, 4096, lineage(FORCED))).isFalse();
    assertThat(isBranch(FIRST, 4097, lineage(FORCED))).isTrue();
  }

  /** Two were forced at a time, and have chosen the same number. */
  @Test
  void anotherEpochOfTheSameNumberIsABranchWhateverItsId() {
    Epoch greater = FIRST.next(id(5), Epoch.Kind.FORCED, 4096, 1000);
    assertThat(isBranch(greater, 4096, lineage(FIRST, FORCED))).isTrue();
    assertThat(isBranch(FORCED, 4096, lineage(FIRST, greater))).isTrue();
  }

  private static ResourceDocument document(Content.Extra... extras) {
    return new ResourceDocument(
        "web", Optional.empty(), List.of(), new TreeMap<>(), new TreeMap<>(), List.of(extras));
  }

  @Test
  void theNewestEpochsAreTold() {
    Lineage lineage = lineage(FIRST);
    for (int i = 0; i < 100; i++) {
      lineage =
          lineage.with(
              lineage.newest().orElseThrow().next(id(100 + i), Epoch.Kind.RESTART, 10L * i));
    }
    Lineage told = LineageTelling.of(document(new LineageTelling(lineage).encode())).orElseThrow();
    assertThat(told.epochs())
        .isEqualTo(lineage.epochs().subList(101 - LineageTelling.MAX_EPOCHS, 101));
  }

  @Test
  void theyAreDrawnAsTheBookSays() {
    Content.Extra extra = new LineageTelling(lineage(FIRST, FORCED)).encode();
    assertThat(extra.tag()).isEqualTo(272);
    byte[] bytes = extra.value().toByteArray();
    assertThat(bytes).hasSize(2 + 2 * 57);
    assertThat(bytes[0]).isEqualTo((byte) 2);
    int second = 2 + 57;
    assertThat(bytes[second]).isEqualTo((byte) (1001 & 0xFF));
    assertThat(bytes[second + 1]).isEqualTo((byte) (1001 >> 8));
    assertThat(bytes[second + 24]).isEqualTo((byte) Epoch.Kind.FORCED.code());
    assertThat(bytes[second + 25 + 1]).isEqualTo((byte) 0x10);
    assertThat(bytes[second + 49 + 1]).isEqualTo((byte) 0x10);
  }

  @Test
  void whatCannotBeReadIsNotTold() {
    Content.Extra whole = new LineageTelling(lineage(FIRST, FORCED)).encode();
    assertThat(LineageTelling.of(document())).isEmpty();
    assertThat(LineageTelling.of(document(new Content.Extra(LineageTelling.TAG, Blob.EMPTY))))
        .isEmpty();
    byte[] bytes = whole.value().toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      Blob cut = Blob.of(Arrays.copyOf(bytes, length));
      assertThat(LineageTelling.of(document(new Content.Extra(LineageTelling.TAG, cut)))).isEmpty();
    }
    bytes[2 + 24] = 77;
    assertThat(LineageTelling.of(document(new Content.Extra(LineageTelling.TAG, Blob.of(bytes)))))
        .isEmpty();
  }
}
