package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Whoever asks across owners is answered at home, whatever becomes of the question there. */
final class CrossingTest {

  private final Turns home = new Turns();
  private final Turns there = new Turns();
  private final Crossing crossing = new Crossing(home, there);

  /** Runs its messages when it is told to, and keeps what they throw. */
  private static final class Turns implements Owner {
    private final ArrayDeque<Runnable> messages = new ArrayDeque<>();
    private final List<Throwable> bugs = new ArrayList<>();
    private boolean ended;

    @Override
    public void execute(Runnable message) {
      if (ended) {
        throw new RejectedExecutionException("ended");
      }
      messages.add(message);
    }

    @Override
    public boolean isCurrent() {
      return true;
    }

    void run() {
      while (!messages.isEmpty()) {
        try {
          messages.remove().run();
        } catch (RuntimeException | Error bug) {
          bugs.add(bug);
        }
      }
    }
  }

  @Test
  void anOutcomeIsToldAtHome() {
    Async<String> good = crossing.ask(() -> Async.of("good"));
    Async<String> bad = crossing.ask(() -> Async.failed(new IOException("bad")));
    there.run();
    assertThat(good.isDone()).isFalse();
    assertThat(bad.isDone()).isFalse();
    home.run();
    assertThat(good.value()).isEqualTo("good");
    assertThat(bad.failure()).get().extracting(IOException::getMessage).isEqualTo("bad");
  }

  @Test
  void anOperationThatThrowsFailsAndIsABugThere() {
    IllegalStateException bug = new IllegalStateException("never");
    Async<String> result =
        crossing.ask(() -> {
          throw bug;
        });
    there.run();
    assertThat(result.isDone()).isFalse();
    home.run();
    assertThat(result.failure()).get().extracting(Throwable::getCause).isSameAs(bug);
    assertThat(there.bugs).containsExactly(bug);
    assertThat(home.bugs).isEmpty();
  }

  @Test
  void whoCannotBeAskedAnyMoreIsAFailure() {
    there.ended = true;
    Async<String> result = crossing.ask(() -> Async.of("good"));
    assertThat(result.isDone()).isFalse();
    home.run();
    assertThat(result.failure()).isPresent();
  }
}
