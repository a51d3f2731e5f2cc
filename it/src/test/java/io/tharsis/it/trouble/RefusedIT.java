package io.tharsis.it.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What a node refuses to serve: it says why in one sentence, and the rest is served. All tests
 * share one disk with its log: each puts back what it took away, and a refusal must not change
 * anything.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedIT {

  private static final int BLOCKS = 4096;

  private Path directory;
  private Path disk;
  private Path aside;
  private ServePlan plan;

  @BeforeAll
  void makeAndStop() throws IOException {
    directory = Checkout.find().workDirectory("refused");
    disk = directory.resolve("disk");
    aside = directory.resolve("aside");
    plan = ServePlan.of(directory.resolve("data"), "a=" + disk + ",size=16MiB");
    serveAndWrite(0, 512);
  }

  @AfterAll
  void everythingIsAsItWas() throws IOException {
    serveAndWrite(0, 512);
    Checkout.remove(directory);
  }

  private void serveAndWrite(int from, int to) throws IOException {
    try (ServeProcess serve = ServeProcess.ready(plan);
        BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
      lun.writeAll(from, to);
      assertThat(serve.stop()).as(serve.said()).isZero();
    }
  }

  private static void assertRefused(ServePlan plan, String... words) throws IOException {
    try (ServeProcess serve = ServeProcess.start(plan)) {
      assertThat(serve.awaitExit(ServeProcess.START_LIMIT)).as(serve.said()).isEqualTo(1);
      assertThat(serve.said()).contains(words).doesNotContain("\tat ");
    }
  }

  @Test
  void dataDirectoryInUse() throws IOException {
    try (ServeProcess first = ServeProcess.ready(plan)) {
      assertRefused(plan, "data directory", "lock");
      assertThat(first.isAlive()).isTrue();
      try (BookedLun lun = new BookedLun(first.url("a"), BLOCKS)) {
        lun.writeAll(0, 256);
      }
    }
  }

  @Test
  void diskInUseByAnotherNode() throws IOException {
    try (ServeProcess first = ServeProcess.ready(plan)) {
      ServePlan second = ServePlan.of(directory.resolve("data2"), "thief=" + disk);
      assertRefused(second, "thief", "already in use");
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void anotherSize() throws IOException {
    assertRefused(ServePlan.of(plan.data(), "a=" + disk + ",size=32MiB"), "16777216", "33554432");

    byte[] whole = Files.readAllBytes(disk);
    try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
      file.truncate((16 << 20) - 512);
      assertRefused(ServePlan.of(plan.data(), "a=" + disk), "FOREIGN_DISK", "16777216");
    }
    overwrite(whole);
  }

  /** What is beyond the volume's end is nobody's business. */
  @Test
  void diskThatHasGrown() throws IOException {
    try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(512), 16 << 20);
      try (ServeProcess serve = ServeProcess.ready(ServePlan.of(plan.data(), "a=" + disk));
          BookedLun lun = new BookedLun(serve.url("a"), BLOCKS)) {
        lun.writeAll(0, 256);
        assertThat(serve.stop()).as(serve.said()).isZero();
      }
      file.truncate(16 << 20);
    }
  }

  @Test
  void diskThatIsGone() throws IOException {
    Files.move(disk, aside);

    assertRefused(plan, "is gone");
    assertThat(disk).doesNotExist();
    Files.move(aside, disk);
  }

  @Test
  void diskThatNeverWas() throws IOException {
    assertRefused(
        ServePlan.of(directory.resolve("data2"), "b=" + directory.resolve("none")),
        "does not exist");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void copyInPlaceOfTheDisk() throws IOException {
    Files.move(disk, aside);
    Files.copy(aside, disk);

    assertRefused(plan, "FOREIGN_DISK");
    Files.move(aside, disk, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void olderStateOfTheDisk() throws IOException {
    byte[] older = Files.readAllBytes(disk);
    serveAndWrite(256, 1024);
    byte[] newer = Files.readAllBytes(disk);
    overwrite(older);

    assertRefused(plan, "FOREIGN_DISK", "older state");
    assertThat(disk).hasBinaryContent(older);
    overwrite(newer);
  }

  private void overwrite(byte[] content) throws IOException {
    try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(content), 0);
    }
  }

  @Test
  void oneOfTwo() throws IOException {
    Files.move(disk, aside);
    Path other = directory.resolve("other");
    ServePlan both =
        ServePlan.of(plan.data(), "a=" + disk + ",size=16MiB", "b=" + other + ",size=16MiB");

    try (ServeProcess serve = ServeProcess.start(both);
        BookedLun lun = new BookedLun(serve.url("b"), BLOCKS)) {
      lun.writeAll(0, 256);
      lun.verify();
      assertThat(serve.isReady("a")).isFalse();
      assertThat(serve.said()).contains("resource a cannot be served").contains("is gone");
      assertThat(serve.stop()).isZero();
    }
    Files.move(aside, disk);
  }

  @Test
  void wordsThatMakeNoSense() throws IOException {
    try (ServeProcess serve =
        ServeProcess.start(
            ServePlan.of(plan.data(), "a=" + disk + ",cache=maybe").with("--frob"))) {
      assertThat(serve.awaitExit(ServeProcess.START_LIMIT)).isEqualTo(2);
      assertThat(serve.said()).contains("--frob").contains("cache");
    }
  }
}
