package io.tharsis.replication.control.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.view.ReplicaFacts.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lag, progress and what else of a replica is shown beside its states. */
class ReplicaViewTest {

  @Test
  void nothingIsLeftWhereEverythingIsThere() {
    ReplicaView view = ReplicaView.of(FactsBuilder.secondary("b").facts());
    assertThat(view.lag()).isEqualTo(new Lag(0, Duration.ZERO));
    assertThat(view.progress()).isEmpty();
    assertThat(view.hint()).isEmpty();
    assertThat(view.age()).isEqualTo(Duration.ofSeconds(2));
    assertThat(view.marks()).isEqualTo(new ReplicaView.Marks(10_000, 10_000));
  }

  @Test
  void lagIsWhatTheDiskMisses() {
    ReplicaFacts facts =
        FactsBuilder.secondary("b").behind(3000, 500, Duration.ofSeconds(7)).facts();
    assertThat(Lag.of(facts)).isEqualTo(new Lag(3500, Duration.ofSeconds(7)));
  }

  /** Of the old copy and its log, which nobody will replay, only the lag counts. */
  @Test
  void whileACopyIsStagedTheLogThatComesWithItIsWhatIsLeft() {
    ReplicaFacts facts =
        FactsBuilder.secondary("b").behind(8000, 600, Duration.ofSeconds(7)).staged(30, 4).facts();
    ReplicaView view = ReplicaView.of(facts);
    assertThat(view.lag().bytes()).isEqualTo(8600);
    assertThat(view.marks()).isEqualTo(new ReplicaView.Marks(1400, 2000));
    assertThat(view.progress().stream().filter(one -> one.kind() == Progress.Kind.FETCH))
        .singleElement()
        .satisfies(one -> assertThat(one.restBytes()).isEqualTo(30));
    assertThat(view.progress().stream().filter(one -> one.kind() == Progress.Kind.REPLAY))
        .singleElement()
        .satisfies(one -> assertThat(one.restBytes()).isEqualTo(4));
  }

  /** Two clocks: what is shown must not be negative because one is ahead. */
  @Test
  void lagIsNeverNegative() {
    ReplicaFacts ahead = FactsBuilder.secondary("b").behind(1, 0, Duration.ofSeconds(-3)).facts();
    assertThat(Lag.of(ahead)).isEqualTo(new Lag(1, Duration.ZERO));
    ReplicaFacts beyond = FactsBuilder.secondary("b").behind(-50, 0, Duration.ZERO).facts();
    assertThat(Lag.of(beyond).bytes()).isZero();
  }

  @Test
  void aPrimaryDoesNotLagBehindItself() {
    ReplicaFacts facts = FactsBuilder.primary("a").behind(0, 999, Duration.ofSeconds(1)).facts();
    assertThat(Lag.of(facts)).isEqualTo(new Lag(0, Duration.ZERO));
    assertThat(Progress.of(facts)).isEmpty();
  }

  @Test
  void progressOfEverythingAtOnce() {
    ReplicaFacts facts =
        FactsBuilder.secondary("b")
            .behind(3000, 500, Duration.ofSeconds(7))
            .dirty(1000, 4000, 250)
            .rates(100, 1100, 1200)
            .facts();
    assertThat(Progress.of(facts))
        .isEqualTo(
            List.of(
                new Progress(
                    Progress.Kind.SYNC,
                    1000,
                    OptionalLong.of(4000),
                    250,
                    Optional.of(Duration.ofSeconds(4))),
                new Progress(
                    Progress.Kind.FETCH,
                    3000,
                    OptionalLong.empty(),
                    1100,
                    Optional.of(Duration.ofSeconds(3))),
                new Progress(
                    Progress.Kind.REPLAY,
                    500,
                    OptionalLong.empty(),
                    1200,
                    Optional.of(Duration.ofSeconds(5)))));
  }

  /** No end is promised that will not come: the primary writes as fast as is fetched. */
  @Test
  void whatIsNotGettingLessHasNoEnd() {
    ReplicaFacts facts =
        FactsBuilder.secondary("b")
            .behind(3000, 0, Duration.ofSeconds(7))
            .rates(1100, 1100, 0)
            .facts();
    assertThat(Progress.of(facts))
        .singleElement()
        .extracting(Progress::eta)
        .isEqualTo(Optional.empty());
  }

  /** It fetches nothing, so it has no time in which that will be over. */
  @Test
  void aBranchHasNothingToDo() {
    ReplicaFacts facts =
        FactsBuilder.secondary("b")
            .behind(3000, 500, Duration.ofSeconds(7))
            .rates(100, 1100, 1200)
            .trouble(Trouble.Kind.BRANCH, "a has gone on differently")
            .facts();
    assertThat(Progress.of(facts)).isEmpty();
  }

  @Test
  void whatIsWrongComesWithWhatHelps() {
    ReplicaView view =
        ReplicaView.of(FactsBuilder.secondary("b").disk(true, false, Optional.empty()).facts());
    assertThat(view.hint()).isEqualTo(DiskState.NO_ATTACH.advice());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0ms",
    "950, 950ms",
    "1000, 1s",
    "59999, 59s",
    "61000, 1m 1s",
    "3600000, 1h 0m",
    "93600000, 1d 2h"
  })
  void durationsForPeople(long millis, String words) {
    assertThat(TimeSpan.format(Duration.ofMillis(millis))).isEqualTo(words);
  }
}
