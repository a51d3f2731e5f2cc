package io.tharsis.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopOwnerTest {

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final List<String> bugs = new CopyOnWriteArrayList<>();
  private final LoopOwner owner = new LoopOwner(loop, bug -> bugs.add(bug.getMessage()));

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void aMessageThatThrowsIsToldAndTheNextOnesRun() throws Exception {
    CompletableFuture<String> after = new CompletableFuture<>();
    owner.execute(() -> {
      throw new IllegalStateException("posted");
    });
    new LoopClock(owner)
        .after(
            Duration.ofMillis(1),
            () -> {
              throw new IllegalStateException("timed");
            });
    new LoopClock(owner).after(Duration.ofMillis(20), () -> after.complete("ran"));
    assertThat(after.get(10, TimeUnit.SECONDS)).isEqualTo("ran");
    assertThat(bugs).containsExactly("posted", "timed");
  }
}
