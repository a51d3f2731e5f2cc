package io.tharsis.it.trouble;

import static io.tharsis.it.trouble.BookedLun.sense;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import io.tharsis.it.process.NodeMetrics;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** File systems that are full: the disk's, and the log's. */
@DisabledIfSystemProperty(named = "tharsis.it.root", matches = "no")
class NoSpaceIT {

  private static final int MIB_BLOCKS = 256;
  private static final String SPACE_EXHAUSTED = "7/27/07";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Path directory;
  private Path small;

  @BeforeEach
  void make() throws IOException {
    directory = Checkout.find().workDirectory("no-space");
    small = Files.createDirectory(directory.resolve("small"));
  }

  @AfterEach
  void remove() throws IOException {
    Checkout.remove(directory);
  }

  @Test
  void fileSystemOfTheDiskIsFull() throws IOException {
    ServePlan plan =
        ServePlan.of(directory.resolve("data"), "a=" + small.resolve("disk") + ",size=256MiB")
            .with("--metrics", "127.0.0.1:0");
    try (SmallFileSystem files = new SmallFileSystem(small, 32 << 20);
        ServeProcess serve = ServeProcess.ready(plan.behind(files.entrance()));
        NodeMetrics metrics = new NodeMetrics(serve);
        BookedLun lun = new BookedLun(serve.url("a"), 256 * MIB_BLOCKS)) {
      int written = writeUntilRefused(lun);
      assertThat(written).isBetween(28, 32);
      assertThat(lun.write(0, MIB_BLOCKS).isGood()).as("space it has already").isTrue();
      metrics.awaitApplied("a");
      lun.verify();

      assertThat(lun.unmap(0, 8 * MIB_BLOCKS).isGood()).isTrue();
      metrics.awaitApplied("a");
      takeSpaceThatWasPromised(files, lun, metrics);
      lun.verify();
      assertThat(sense(lun.write(200 * MIB_BLOCKS, 4 * MIB_BLOCKS))).isNotEqualTo("GOOD");

      files.empty();
      metrics.awaitApplier("a", "idle");
      metrics.awaitApplied("a");
      lun.verify();
      awaitGood(lun, 100 * MIB_BLOCKS);
      serve.kill();
      try (ServeProcess again = ServeProcess.ready(plan.behind(files.entrance()))) {
        lun.reconnect(again.url("a"));
        assertThat(again.stop()).as(again.said()).isZero();
      }
    }
  }

  private static int writeUntilRefused(BookedLun lun) throws IOException {
    for (int mib = 0; mib < 256; mib++) {
      CommandResult result = lun.write(mib * MIB_BLOCKS, MIB_BLOCKS);
      if (!result.isGood()) {
        assertThat(sense(result)).isEqualTo(SPACE_EXHAUSTED);
        return mib;
      }
    }
    throw new AssertionError("256 MiB fit into 32 MiB");
  }

  /**
   * Somebody else takes the space between GOOD and the applying, which is soon: tried until it
   * works.
   */
  private static void takeSpaceThatWasPromised(
      SmallFileSystem files, BookedLun lun, NodeMetrics metrics) throws IOException {
    awaitGood(lun, 40 * MIB_BLOCKS);
    metrics.awaitApplied("a");
    for (int tries = 0; tries < 20; tries++) {
      assertThat(lun.unmap(40 * MIB_BLOCKS, 4 * MIB_BLOCKS).isGood()).isTrue();
      metrics.awaitApplied("a");
      awaitGood(lun, 40 * MIB_BLOCKS);
      lun.write(41 * MIB_BLOCKS, 3 * MIB_BLOCKS);
      files.fill(0);
      Condition.await(
          "applied or paused",
          LIMIT,
          () -> isPaused(metrics) || metrics.value("tharsis_unapplied_bytes{resource=\"a\"}") == 0);
      if (isPaused(metrics)) {
        return;
      }
      files.empty();
    }
    throw new AssertionError("never paused for want of space");
  }

  private static boolean isPaused(NodeMetrics metrics) throws IOException {
    return metrics.value("tharsis_applier_state{resource=\"a\",state=\"paused_no_space\"}") == 1;
  }

  /** The node looks at the free space now and then: a write goes once it has seen it. */
  private static void awaitGood(BookedLun lun, int block) throws IOException {
    Condition.await("space for block " + block, LIMIT, () -> lun.write(block, MIB_BLOCKS).isGood());
  }

  @Test
  void fileSystemOfTheLogIsFilledBySomebodyElse() throws IOException {
    ServePlan plan =
        ServePlan.of(small.resolve("data"), "a=" + directory.resolve("disk") + ",size=64MiB");
    try (SmallFileSystem files = new SmallFileSystem(small, 400 << 20);
        ServeProcess serve = ServeProcess.ready(plan.behind(files.entrance()));
        BookedLun lun = new BookedLun(serve.url("a"), 64 * MIB_BLOCKS)) {
      files.fill(0);
      for (int turn = 0; turn < 6; turn++) {
        lun.writeAll(0, 64 * MIB_BLOCKS);
      }
      lun.verify();
      lun.writeAll(10 * MIB_BLOCKS, 30 * MIB_BLOCKS);
      serve.kill();
      try (ServeProcess again = ServeProcess.ready(plan.behind(files.entrance()))) {
        lun.reconnect(again.url("a"));
        lun.writeAll(0, 64 * MIB_BLOCKS);
        lun.verify();
        assertThat(again.stop()).as(again.said()).isZero();
      }
    }
  }
}
