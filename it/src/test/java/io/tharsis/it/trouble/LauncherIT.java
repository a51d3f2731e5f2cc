package io.tharsis.it.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Program;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code ./tharsis} as a person types it: serve, kill, serve again, stop, look at the log. */
class LauncherIT {

  private static final int BLOCKS = 4096;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void servesAgainAfterAKillAndStopsWhenTold() throws IOException {
    Path directory = Checkout.find().workDirectory("launcher");
    ServePlan plan =
        ServePlan.of(directory.resolve("data"), "a=" + directory.resolve("disk") + ",size=16MiB")
            .by(ServePlan.Start.LAUNCHER);
    try (ServeProcess serve = ServeProcess.ready(plan);
        BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
      lun.writeAll(1024, 2048);
      serve.kill();
      try (ServeProcess again = ServeProcess.ready(plan)) {
        lun.reconnect(again.url("a"));
        lun.writeAll(0, 512);
        assertThat(again.stop()).as(again.said()).isZero();
      }
      Program.of(Checkout.find().launcher(), "log", "verify", plan.data().resolve("resource-a"))
          .run(LIMIT)
          .ok();
    }
    Checkout.remove(directory);
  }

  @Test
  void cleanStopPutsTheCacheOnTheDisk() throws IOException {
    Path directory = Checkout.find().workDirectory("launcher");
    Path disk = directory.resolve("disk");
    ServePlan plan =
        ServePlan.of(directory.resolve("data"), "a=" + disk + ",size=16MiB,cache=flush");
    try (ServeProcess serve = ServeProcess.ready(plan);
        BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
      lun.writeAll(0, 300);
      lun.writeAll(1000, 1001);
      assertThat(serve.stop()).as(serve.said()).isZero();
      lun.verify(disk);
    }
    Checkout.remove(directory);
  }

  @Test
  void saysWhatItCannotDo() throws IOException {
    Program.Outcome nothing = Program.of(Checkout.find().launcher(), "serve").run(LIMIT);

    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.output()).contains("--data", "--listen", "Try:");
  }
}
