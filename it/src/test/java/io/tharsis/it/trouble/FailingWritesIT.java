package io.tharsis.it.trouble;

import static io.tharsis.it.trouble.BookedLun.sense;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.NodeMetrics;
import io.tharsis.it.process.Program;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Writes of a real node that fail, to its log and to its disk, because the kernel refuses them
 * beyond an offset.
 */
class FailingWritesIT {

  private static final int BLOCKS = 32 << 10;
  private static final int MIB_BLOCKS = 256;
  private static final int MIB = 1 << 20;
  private static final String MEDIUM_ERROR_WRITE = "3/0C/00";
  private static final Pattern CLEAR =
      Pattern.compile("tharsis log clear-poison DIR/resource-NAME (\\S+)");

  private Path directory;
  private ServePlan plan;

  @BeforeEach
  void plan() throws IOException {
    directory = Checkout.find().workDirectory("failing-writes");
    plan =
        ServePlan.of(directory.resolve("data"), "a=" + directory.resolve("disk") + ",size=128MiB")
            .with("--metrics", "127.0.0.1:0");
  }

  @AfterEach
  void remove() throws IOException {
    Checkout.remove(directory);
  }

  @Test
  void logThatCannotBeWrittenIsPoisonedUntilSomebodyClearsIt() throws IOException {
    try (ServeProcess serve = ServeProcess.ready(plan);
        BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
      lun.writeAll(0, 4 * MIB_BLOCKS);
      try (NodeMetrics metrics = new NodeMetrics(serve)) {
        metrics.awaitApplied("a");
        FileSizeLimit limit = new FileSizeLimit(serve);
        limit.impose(MIB);
        assertThat(sense(lun.write(10, 20))).isEqualTo(MEDIUM_ERROR_WRITE);
        limit.lift();
        assertThat(sense(lun.write(100, 1))).as("for good").isEqualTo(MEDIUM_ERROR_WRITE);
        assertThat(sense(lun.unmap(200, 8))).isEqualTo(MEDIUM_ERROR_WRITE);
        assertThat(sense(lun.read(0, 10))).as("reads go on").isEqualTo("GOOD");
        assertThat(sense(lun.read(30, 4 * MIB_BLOCKS - 30))).as("elsewhere").isEqualTo("GOOD");
        assertThat(sense(lun.read(10, 20))).as("may be one or the other").isEqualTo("3/11/00");
        assertThat(metrics.value("tharsis_resource_state{resource=\"a\",state=\"stopped\"}"))
            .isEqualTo(1);
      }
      serve.stop();
      clearPoison();
      try (ServeProcess again = ServeProcess.ready(plan)) {
        lun.reconnect(again.url("a"));
        lun.writeAll(0, MIB_BLOCKS);
        assertThat(again.stop()).as(again.said()).isZero();
      }
    }
  }

  private void clearPoison() throws IOException {
    try (ServeProcess refused = ServeProcess.start(plan)) {
      assertThat(refused.awaitExit(ServeProcess.START_LIMIT)).isEqualTo(1);
      assertThat(refused.said()).contains("POISONED");
      Matcher advice = CLEAR.matcher(refused.said());
      assertThat(advice.find()).as(refused.said()).isTrue();
      Program.of(
              Checkout.find().launcher(),
              "log",
              "clear-poison",
              plan.data().resolve("resource-a"),
              advice.group(1))
          .run(Duration.ofSeconds(60))
          .ok();
    }
  }

  @Test
  void diskThatCannotBeWrittenIsTriedAgain() throws IOException {
    try (ServeProcess serve = ServeProcess.ready(plan);
        BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
      lun.writeAll(0, MIB_BLOCKS);
      FileSizeLimit limit = new FileSizeLimit(serve);
      limit.impose(80L * MIB);
      try (NodeMetrics metrics = new NodeMetrics(serve)) {
        lun.writeAll(100 * MIB_BLOCKS, 104 * MIB_BLOCKS);
        metrics.awaitApplier("a", "retrying");
        lun.writeAll(102 * MIB_BLOCKS, 106 * MIB_BLOCKS);
        lun.verify();
        limit.lift();
        metrics.awaitApplied("a");
        metrics.awaitApplier("a", "idle");
      }
      lun.verify();
      assertThat(serve.stop()).as(serve.said()).isZero();
    }
  }

  @Test
  void diskThatCannotBeWrittenLosesNothingInAKill() throws IOException {
    try (ServeProcess serve = ServeProcess.ready(plan);
        BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
      try (NodeMetrics metrics = new NodeMetrics(serve)) {
        new FileSizeLimit(serve).impose(80L * MIB);
        lun.writeAll(98 * MIB_BLOCKS, 108 * MIB_BLOCKS);
        metrics.awaitApplier("a", "retrying");
      }
      serve.kill();
      try (ServeProcess again = ServeProcess.ready(plan)) {
        lun.reconnect(again.url("a"));
        assertThat(again.stop()).as(again.said()).isZero();
      }
    }
  }
}
