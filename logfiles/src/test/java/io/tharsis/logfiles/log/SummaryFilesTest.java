package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.DigestIndex;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Summaries outlive their logfiles: the newest half of the ring is always there. */
final class SummaryFilesTest {

  private static final UUID RESOURCE = new UUID(1, 2);

  /** Four small entries fit into one of the two files. */
  private static final int FILE_BYTES = 16 << 10;

  private final SimWorld world = new SimWorld(19);

  @BeforeEach
  void create() throws IOException {
    Store store = world.await(world::openStore);
    for (String name : SummaryFiles.NAMES) {
      world.await(() -> store.create(name, FILE_BYTES).then(Disk::close));
    }
    world.await(store::syncDirectory);
  }

  private SummaryFiles open() throws IOException {
    Store store = world.await(world::openStore);
    return world.await(() -> SummaryFiles.open(store, RESOURCE));
  }

  private SummaryFiles reopen() throws IOException {
    world.host().powerFail();
    return open();
  }

  private static Summary summary(long number, int regions) {
    RegionSet touched = new RegionSet();
    for (int i = 0; i < regions; i++) {
      touched.add(2L * i * RegionSet.REGION_BYTES, 1);
    }
    TreeMap<Integer, RegionSet> byVolume = new TreeMap<>();
    byVolume.put(0, touched);
    return new Summary(
        RESOURCE,
        new Summary.Piece(number, new UUID(7, 7), number * 4096, number * 4096 + 4096),
        Digest.NONE,
        new DigestIndex(1 << 20, List.of()),
        byVolume);
  }

  private void store(SummaryFiles files, long from, long to) throws IOException {
    for (long number = from; number <= to; number++) {
      Summary next = summary(number, 1);
      world.await(() -> files.store(next));
    }
  }

  private static List<Long> known(SummaryFiles files) {
    return LongStream.rangeClosed(1, 100).boxed().filter(files::contains).toList();
  }

  /** As when the log is taken back to a fork. */
  @Test
  void whoHearsThatTheLastOneIsKeptMayCloseThem() throws IOException {
    SummaryFiles files = open();
    Summary only = summary(1, 1);
    world.await(() -> files.store(only).then(done -> files.close()));
    assertThat(reopen().contains(1)).isTrue();
  }

  @Test
  void whatWasKeptIsThereAfterACrash() throws IOException {
    SummaryFiles files = open();
    assertThat(known(files)).isEmpty();
    store(files, 1, 3);
    assertThat(known(reopen())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void theOlderHalfMakesRoom() throws IOException {
    SummaryFiles files = open();
    store(files, 1, 9);
    assertThat(known(reopen())).containsExactly(5L, 6L, 7L, 8L, 9L);
    SummaryFiles again = reopen();
    store(again, 10, 13);
    assertThat(known(reopen())).containsExactly(9L, 10L, 11L, 12L, 13L);
  }

  /** What is known in memory is what the files have: it does not grow with the log's age. */
  @Test
  void whatMadeRoomIsForgottenAtOnce() throws IOException {
    SummaryFiles files = open();
    for (long number = 1; number <= 40; number++) {
      store(files, number, number);
      assertThat(known(files)).contains(number).hasSizeLessThanOrEqualTo(8);
    }
    assertThat(known(files)).isEqualTo(known(reopen()));
  }

  /** Reopened after every single one, at every place of the ring. */
  @Test
  void reopeningGoesOnWhereTheNewestEnds() throws IOException {
    for (long number = 1; number <= 40; number++) {
      SummaryFiles files = reopen();
      store(files, number, number);
      List<Long> known = known(reopen());
      assertThat(known).contains(number).hasSizeGreaterThanOrEqualTo((int) Math.min(number, 4));
      assertThat(known)
          .isEqualTo(LongStream.rangeClosed(known.getFirst(), number).boxed().toList());
    }
  }

  @Test
  void theyAreWrittenInTheOrderInWhichTheyCome() throws IOException {
    SummaryFiles files = open();
    List<Long> stored = new ArrayList<>();
    world.await(() -> {
      Async<Void> last = Async.done();
      for (long number = 1; number <= 4; number++) {
        long one = number;
        last =
            files
                .store(summary(number, 1))
                .map(done -> {
                  stored.add(one);
                  return null;
                });
      }
      return last;
    });
    assertThat(stored).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void oneThatHasNoRoomAtAllIsRefusedAndTheNextIsKept() throws IOException {
    SummaryFiles files = open();
    store(files, 1, 1);
    Summary large = summary(2, 20_000);
    assertThatThrownBy(() -> world.await(() -> files.store(large)))
        .hasMessageContaining("has no room");
    store(files, 3, 3);
    assertThat(known(reopen())).containsExactly(1L, 3L);
  }

  @Test
  void aFailedWriteLosesOneAndIsWrittenOver() throws IOException {
    SummaryFiles files = open();
    store(files, 1, 1);
    world.host().directory("store").medium("summaries-a").faults().next(Fault.WRITE_ERROR);
    Summary lost = summary(2, 1);
    assertThatThrownBy(() -> world.await(() -> files.store(lost))).isInstanceOf(IOException.class);
    assertThat(files.contains(2)).isFalse();
    store(files, 3, 4);
    assertThat(known(reopen())).containsExactly(1L, 3L, 4L);
  }

  @Test
  void aRottenOneHidesOnlyWhatFollowsInItsFile() throws IOException {
    SummaryFiles files = open();
    store(files, 1, 6);
    world.host().kill();
    world.host().directory("store").medium("summaries-a").dropCache();
    world.host().directory("store").medium("summaries-a").rot(new Range(4096 + 40, 4096 + 48));
    SummaryFiles again = open();
    assertThat(known(again)).containsExactly(1L, 5L, 6L);
    store(again, 7, 7);
    assertThat(known(reopen())).containsExactly(1L, 5L, 6L, 7L);
  }
}
