package io.tharsis.it.trouble;

import static io.tharsis.it.trouble.BookedLun.sense;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.ResourceState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk that is slow or fails under a real session; what no real disk does on demand. */
class FaultyDiskIT {

  private static final int MIB_BLOCKS = 256;
  private static final int MIB = 1 << 20;
  private static final int DISK_MIB = 64;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Path directory;
  private NodeInside node;
  private BookedLun lun;

  @BeforeEach
  void serve() throws IOException {
    directory = Checkout.find().workDirectory("faulty-disk");
    Path file = directory.resolve("disk");
    try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
      created.setLength((long) DISK_MIB * MIB);
    }
    node = new NodeInside(file, Files.createDirectory(directory.resolve("log")));
    lun = new BookedLun(node.url(), DISK_MIB * MIB_BLOCKS);
  }

  @AfterEach
  void close() throws IOException {
    lun.close();
    node.close();
    Checkout.remove(directory);
  }

  private void awaitApplied() throws IOException {
    Condition.await(
        "everything on the disk",
        LIMIT,
        () ->
            node.status().watermarks().unappliedBytes() == 0
                && node.status().apply() instanceof ApplyState.Idle);
  }

  @Test
  void slowDiskSlowsWritersAndFailsNobody() throws IOException {
    node.disk().become(FaultyDisk.Troubles.slow(Duration.ofMillis(30)));
    for (int turn = 0; turn < 2; turn++) {
      lun.writeAll(0, 30 * MIB_BLOCKS);
      assertThat(node.status().watermarks().unappliedBytes())
          .as("a backlog with a limit")
          .isBetween(1L, 40L * MIB);
      assertThat(lun.read(0, MIB_BLOCKS).isGood()).isTrue();
    }
    lun.verify();
    assertThat(node.status().state()).isEqualTo(new ResourceState.Serving());

    node.disk().become(FaultyDisk.Troubles.NONE);
    awaitApplied();
    lun.verify();
  }

  @Test
  void unreadablePlaceFailsOnlyReadsOfItself() throws IOException {
    lun.writeAll(0, 16 * MIB_BLOCKS);
    awaitApplied();
    node.disk().become(FaultyDisk.Troubles.unreadable(new Range(4L * MIB, 4L * MIB + 4096)));

    assertThat(sense(lun.read(4 * MIB_BLOCKS, 1))).isEqualTo("3/11/00");
    assertThat(sense(lun.read(3 * MIB_BLOCKS, 2 * MIB_BLOCKS))).isEqualTo("3/11/00");
    assertThat(sense(lun.read(3 * MIB_BLOCKS, MIB_BLOCKS))).isEqualTo("GOOD");
    assertThat(sense(lun.read(4 * MIB_BLOCKS + 1, MIB_BLOCKS))).isEqualTo("GOOD");
    lun.writeAll(5 * MIB_BLOCKS, 8 * MIB_BLOCKS);
    lun.writeAll(4 * MIB_BLOCKS, 4 * MIB_BLOCKS + 1);

    node.disk().become(FaultyDisk.Troubles.NONE);
    lun.verify();
    awaitApplied();
    lun.verify();
  }

  @Test
  void failingSyncsAreTriedAgainFromTheLog() throws IOException {
    node.disk().become(FaultyDisk.Troubles.failingSyncs());
    lun.writeAll(0, 8 * MIB_BLOCKS);
    Condition.await("retrying", LIMIT, () -> node.status().apply() instanceof ApplyState.Retrying);
    long checkpoint = node.status().watermarks().checkpoint();
    lun.writeAll(4 * MIB_BLOCKS, 10 * MIB_BLOCKS);
    lun.verify();
    assertThat(node.status().watermarks().checkpoint()).isEqualTo(checkpoint);

    node.disk().become(FaultyDisk.Troubles.NONE);
    awaitApplied();
    assertThat(node.status().watermarks().checkpoint()).isGreaterThan(checkpoint);
    lun.verify();
  }
}
