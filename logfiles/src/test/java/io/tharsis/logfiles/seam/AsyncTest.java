package io.tharsis.logfiles.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The algebra of operations that end later. */
class AsyncTest {

  private final IOException broken = new IOException("broken");

  @Test
  void observersHearTheEndInTheOrderTheyCame() {
    Async<Integer> async = new Async<>();
    List<String> heard = new ArrayList<>();
    async.observe(value -> heard.add("first " + value), cause -> heard.add("failed"));
    async.observe(value -> heard.add("second " + value), cause -> heard.add("failed"));
    assertThat(async.isDone()).isFalse();
    async.succeed(7);
    async.observe(value -> heard.add("late " + value), cause -> heard.add("failed"));
    assertThat(heard).containsExactly("first 7", "second 7", "late 7");
    assertThat(async.isDone()).isTrue();
    assertThat(async.value()).isEqualTo(7);
    assertThat(async.failure()).isEmpty();
  }

  @Test
  void anOperationEndsOnce() {
    Async<Integer> async = Async.of(1);
    assertThatThrownBy(() -> async.succeed(2)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> async.fail(broken)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> Async.failed(broken).value()).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> new Async<String>().value()).isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void stepsFollowEachOtherAndAFailureSkipsTheRest() {
    Async<Integer> first = new Async<>();
    Async<Integer> second = new Async<>();
    Async<String> whole = first.then(value -> second.map(more -> value + "+" + more));
    first.succeed(1);
    assertThat(whole.isDone()).isFalse();
    second.succeed(2);
    assertThat(whole.value()).isEqualTo("1+2");
    List<Integer> ran = new ArrayList<>();
    Async<Integer> failed =
        Async.<Integer>failed(broken)
            .map(value -> {
              ran.add(value);
              return value;
            });
    assertThat(failed.failure()).contains(broken);
    assertThat(ran).isEmpty();
  }

  @Test
  void aFailureCanBeReplaced() {
    assertThat(Async.<Integer>failed(broken).orElse(cause -> Async.of(5)).value()).isEqualTo(5);
    assertThat(Async.of(4).orElse(cause -> Async.of(5)).value()).isEqualTo(4);
    IOException other = new IOException("other");
    assertThat(Async.failed(broken).orElse(cause -> Async.failed(other)).failure()).contains(other);
  }

  @Test
  void aCompletionEndsTheOperationItStarted() {
    assertThat(Async.start(Completion::succeeded).isDone()).isTrue();
    assertThat(Async.start(done -> done.failed(broken)).failure()).contains(broken);
  }

  @Test
  void repeatingNeedsNoStack() {
    int[] steps = new int[1];
    Async<String> result =
        Async.repeat(
            () -> Async.of(++steps[0] < 1_000_000 ? Optional.empty() : Optional.of("enough")));
    assertThat(result.value()).isEqualTo("enough");
    assertThat(steps[0]).isEqualTo(1_000_000);
  }

  @Test
  void repeatingGoesOnAfterAStepThatEndsLater() {
    List<Async<Optional<String>>> steps = new ArrayList<>();
    Async<String> result =
        Async.repeat(() -> {
          steps.add(new Async<>());
          return steps.getLast();
        });
    steps.getLast().succeed(Optional.empty());
    steps.getLast().succeed(Optional.empty());
    assertThat(result.isDone()).isFalse();
    steps.getLast().succeed(Optional.of("end"));
    assertThat(result.value()).isEqualTo("end");
    assertThat(steps).hasSize(3);
  }

  @Test
  void repeatingStopsAtAFailureNowOrLater() {
    assertThat(Async.repeat(() -> Async.failed(broken)).failure()).contains(broken);
    Async<Optional<String>> step = new Async<>();
    Async<String> result = Async.repeat(() -> step);
    step.fail(broken);
    assertThat(result.failure()).contains(broken);
  }

  @Test
  void itemsAreTakenOneAfterTheOther() {
    List<Async<Void>> steps = new ArrayList<>();
    Async<Void> all =
        Async.forEach(
            List.of("a", "b"),
            item -> {
              steps.add(new Async<>());
              return steps.getLast();
            });
    assertThat(steps).hasSize(1);
    steps.getLast().succeed(null);
    assertThat(steps).hasSize(2);
    assertThat(all.isDone()).isFalse();
    steps.getLast().succeed(null);
    assertThat(all.failure()).isEmpty();
    assertThat(all.isDone()).isTrue();
    assertThat(Async.forEach(List.of(1), item -> Async.failed(broken)).failure()).contains(broken);
    assertThat(Async.forEach(List.<Integer>of(), item -> Async.failed(broken)).failure()).isEmpty();
  }
}
