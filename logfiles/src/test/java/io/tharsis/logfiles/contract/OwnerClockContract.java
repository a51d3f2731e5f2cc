package io.tharsis.logfiles.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link io.tharsis.logfiles.seam.Owner} and its {@link Clock} do. */
public abstract class OwnerClockContract {

  private World world;
  private Clock clock;

  /** A fresh world. */
  protected abstract World newWorld() throws IOException;

  @BeforeEach
  void open() throws IOException {
    world = newWorld();
    clock = world.clock();
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** Ends when a timer set now has fired. */
  private Async<Void> pause(Duration delay) {
    Async<Void> over = new Async<>();
    clock.after(delay, () -> over.succeed(null));
    return over;
  }

  @Test
  void messagesRunInOrderAfterTheOneThatPostsThem() throws IOException {
    List<Integer> order = new ArrayList<>();
    Async<Void> last = new Async<>();
    world.await(() -> {
      for (int i = 1; i <= 100; i++) {
        int number = i;
        world.owner().execute(() -> order.add(number));
      }
      world.owner().execute(() -> last.succeed(null));
      order.add(0);
      return last;
    });
    assertThat(order).isEqualTo(IntStream.rangeClosed(0, 100).boxed().toList());
  }

  @Test
  void onlyItsMessagesAreOnTheOwner() throws IOException {
    assertThat(world.owner().isCurrent()).isFalse();
    assertThat(world.await(() -> Async.of(world.owner().isCurrent()))).isTrue();
    assertThat(world.owner().isCurrent()).isFalse();
  }

  @Test
  void aTimerFiresOnTheOwnerAfterItsDelay() throws IOException {
    Async<Boolean> fired = new Async<>();
    long begun = clock.monotonicNanos();
    boolean onOwner =
        world.await(() -> {
          clock.after(Duration.ofMillis(20), () -> fired.succeed(world.owner().isCurrent()));
          return fired;
        });
    assertThat(onOwner).isTrue();
    assertThat(clock.monotonicNanos() - begun).isGreaterThanOrEqualTo(20_000_000);
  }

  /**
   * The later one is set first. A host may stop between the two for longer than they are apart, and
   * then they are due the other way round: that is no trial, and another is made with more time.
   */
  @Test
  void timersFireInTheOrderOfTheirTimes() throws IOException {
    Duration apart = Duration.ofMillis(20);
    List<String> order = List.of();
    while (order.isEmpty()) {
      apart = apart.multipliedBy(2);
      order = trial(apart);
    }
    assertThat(order).containsExactly("first", "second");
  }

  /** Sets two timers that are so far apart; empty if setting them took longer than that. */
  private List<String> trial(Duration apart) throws IOException {
    List<String> order = new ArrayList<>();
    Duration first = Duration.ofMillis(1);
    boolean intended =
        world.await(() -> {
          Async<Boolean> both = new Async<>();
          long begun = clock.monotonicNanos();
          clock.after(first.plus(apart), () -> fired("second", order, both));
          clock.after(first, () -> fired("first", order, both));
          boolean inTime = clock.monotonicNanos() - begun < apart.toNanos();
          return both.map(fired -> inTime);
        });
    return intended ? order : List.of();
  }

  private static void fired(String timer, List<String> order, Async<Boolean> both) {
    order.add(timer);
    if (order.size() == 2) {
      both.succeed(true);
    }
  }

  @Test
  void aCancelledTimerDoesNotFire() throws IOException {
    List<String> fired = new ArrayList<>();
    world.await(() -> {
      Clock.Timer timer = clock.after(Duration.ofMillis(10), () -> fired.add("cancelled"));
      timer.cancel();
      timer.cancel();
      return pause(Duration.ofMillis(30));
    });
    assertThat(fired).isEmpty();
  }

  @Test
  void aTimerIsCancelledEvenWhenItIsDue() throws IOException {
    List<String> fired = new ArrayList<>();
    world.await(() -> {
      Clock.Timer due = clock.after(Duration.ZERO, () -> fired.add("cancelled"));
      // the timer's message is posted while this one is running
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < 5_000_000) {
        Thread.onSpinWait();
      }
      due.cancel();
      return pause(Duration.ofMillis(10));
    });
    assertThat(fired).isEmpty();
  }

  @Test
  void theWallClockIsInThisMillennium() {
    assertThat(clock.wallMillis()).isBetween(1_700_000_000_000L, 32_503_680_000_000L);
  }
}
