package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.NodeMetrics;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A file system on a LUN, as a person with a Debian would have it. */
@DisabledIfSystemProperty(named = "tharsis.it.vm", matches = "no")
class StockInitiatorIT {

  private static final int MEBI = 1 << 20;
  private static final String UNMAPS =
      "tharsis_command_latency_seconds_count{operation=\"unmap\",resource=\"a\"}";

  @BeforeAll
  static void make() throws IOException {
    Guest.make();
  }

  @Test
  void filesFromDiscoveryToTheSecondLogin() throws IOException {
    Path directory = Checkout.find().workDirectory("stock-initiator");
    Path disk = directory.resolve("disk");
    ServePlan plan =
        ServePlan.of(directory.resolve("data"), "a=" + disk + ",size=256MiB")
            .with("--listen", "127.0.0.1:" + FreePorts.onLoopback(), "--metrics", "127.0.0.1:0");
    try (ServeProcess serve = ServeProcess.ready(plan);
        NodeMetrics metrics = new NodeMetrics(serve);
        Guest guest = Guest.start(directory, "files", serve.url("a"))) {
      guest.awaitQuestion("restart");
      assertThat(metrics.value(UNMAPS)).isPositive();
      verifyIdentity(guest);
      assertThat(serve.stop()).as(serve.said()).isZero();

      try (ServeProcess again = ServeProcess.ready(plan)) {
        guest.answer();
        guest.awaitQuestion("damage");
        assertThat(again.stop()).as(again.said()).isZero();
      }
      flip(disk, Long.parseLong(guest.said("place")));
      try (ServeProcess _ = ServeProcess.ready(plan)) {
        guest.answer();
        guest.awaitSuccess();
      }
      assertThat(guest.said("damaged")).isEqualTo("/mnt/files/of-3145728: FAILED");
      assertThat(guest.diskWarnings()).isEmpty();
    }
    Checkout.remove(directory);
  }

  private static void verifyIdentity(Guest guest) {
    assertThat(guest.said("lsblk"))
        .as("size, block sizes, unmap granularity and limit, rotation, vendor, product")
        .isEqualTo("%d 512 4096 4096 %d 0 THARSIS VOLUME".formatted(256 * MEBI, 512 * MEBI));
    assertThat(guest.said("cache")).isEqualTo("write through");
    assertThat(guest.said("by-id")).matches("wwn-0x3[0-9a-f]{15}");
    assertThat(guest.said().stream().map(String::strip))
        .contains(
            "Device identification [di]",
            "vendor id: THARSIS",
            "Optimal unmap granularity: 8 blocks",
            "Maximum transfer length: 16384 blocks",
            "Non-rotating medium (e.g. solid state)",
            "Unmap command supported (LBPU): 1",
            "Logical block provisioning read zeros (LBPRZ): 1",
            "Provisioning type: 2 (thin provisioned)",
            "Logical block provisioning: lbpme=1, lbprz=1",
            "Last LBA=524287 (0x7ffff), Number of logical blocks=524288");
  }

  private static void flip(Path disk, long place) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.seek(place);
      int was = file.read();
      file.seek(place);
      file.write(was ^ 1);
    }
  }
}
