package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A node is killed under a file system that is being written to, and comes back. */
@DisabledIfSystemProperty(named = "tharsis.it.vm", matches = "no")
class ReconnectIT {

  @BeforeAll
  static void make() throws IOException {
    Guest.make();
  }

  @Test
  void programsOnTheFileSystemOnlySeeAPause() throws IOException {
    Path directory = Checkout.find().workDirectory("reconnect");
    ServePlan plan =
        ServePlan.of(directory.resolve("data"), "a=" + directory.resolve("disk") + ",size=64MiB")
            .with("--listen", "127.0.0.1:" + FreePorts.onLoopback());
    try (ServeProcess serve = ServeProcess.ready(plan);
        Guest guest = Guest.start(directory, "reconnect", serve.url("a"))) {
      guest.awaitQuestion("kill");
      serve.kill();
      guest.answer();
      guest.awaitQuestion("start");
      try (ServeProcess _ = ServeProcess.ready(plan)) {
        guest.answer();
        guest.awaitSuccess();
      }
      assertThat(guest.diskWarnings()).isEmpty();
    }
    Checkout.remove(directory);
  }
}
