package io.tharsis.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A handler that looks before it sleeps, over one that writes down what it was asked. */
class PatientHandlerTest {

  private static final long FOR_EVER = Long.MAX_VALUE / 2;

  private final List<String> asked = new ArrayList<>();
  private int events = 1;

  private final class Recorder implements IoHandler {
    @Override
    public int run(IoHandlerContext context) {
      asked.add(context.canBlock() ? "sleep" : "look");
      return events;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void wakeup() {
      asked.add("wakeup");
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return false;
    }
  }

  private record Context(boolean canBlock) implements IoHandlerContext {
    @Override
    public long delayNanos(long currentTimeNanos) {
      return -1;
    }

    @Override
    public long deadlineNanos() {
      return -1;
    }
  }

  private PatientHandler handler(long longestNanos) {
    return new PatientHandler(new Recorder(), new Patience(longestNanos));
  }

  private static void idle(PatientHandler handler, int times) {
    for (int i = 0; i < times; i++) {
      handler.run(new Context(true));
    }
  }

  @Test
  void looksInsteadOfSleepingWhileEventsComeClose() {
    PatientHandler handler = handler(FOR_EVER);
    idle(handler, Patience.CONVINCED);
    assertThat(asked).containsOnly("sleep");
    asked.clear();
    events = 0;
    idle(handler, 3);
    assertThat(asked).containsExactly("look", "look", "look");
  }

  @Test
  void neverLooksWhenEventsAreRarerThanItsPatience() {
    PatientHandler handler = handler(0);
    idle(handler, 10 * Patience.CONVINCED);
    assertThat(asked).hasSize(10 * Patience.CONVINCED).containsOnly("sleep");
  }

  @Test
  void workOfTheLoopItselfIsNotKeptWaiting() {
    PatientHandler handler = handler(FOR_EVER);
    handler.run(new Context(false));
    handler.wakeup();
    assertThat(asked).containsExactly("look", "wakeup");
  }
}
