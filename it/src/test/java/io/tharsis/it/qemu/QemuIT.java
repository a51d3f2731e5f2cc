package io.tharsis.it.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Program;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stock clients use a disk of each write cache: copy, load, flush, look. */
class QemuIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;
  private static final int IMAGE_MIB = 48;

  private Path directory;
  private ServeProcess serve;

  @BeforeEach
  void serve() throws IOException {
    directory = Checkout.find().workDirectory("qemu");
    serve =
        ServeProcess.ready(
            ServePlan.of(
                directory.resolve("data"),
                "durable=" + directory.resolve("durable.img") + ",size=128MiB",
                "flush=" + directory.resolve("flush.img") + ",size=128MiB,cache=flush"));
  }

  @AfterEach
  void stop() throws IOException {
    try (ServeProcess last = serve) {
      assertThat(last.stop()).as(last.said()).isZero();
    }
    Checkout.remove(directory);
  }

  private static Path image(Path file, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] chunk = new byte[MIB];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < IMAGE_MIB; i++) {
        random.nextBytes(chunk);
        if (i % 5 == 3) {
          chunk = new byte[MIB]; // a hole, for the zero detection of the copy
        }
        out.write(chunk);
      }
    }
    return file;
  }

  private static void run(Object... words) throws IOException {
    Program.of(words).run(LIMIT).ok();
  }

  @Test
  void imageComesBackAsItWas() throws IOException {
    Path image = image(directory.resolve("image"), 1);
    IscsiUrl url = serve.url("durable");
    run("qemu-img", "convert", "-n", "-t", "none", "-f", "raw", "-O", "raw", image, url);
    Path back = directory.resolve("back");
    run("qemu-img", "convert", "-f", "raw", "-O", "raw", url, back);

    try (var whole = Files.newByteChannel(back, StandardOpenOption.WRITE)) {
      assertThat(whole.size()).isEqualTo(128L * MIB);
      whole.truncate((long) IMAGE_MIB * MIB);
    }
    assertThat(Files.mismatch(image, back)).isEqualTo(-1);
    run("qemu-img", "compare", "-f", "raw", "-F", "raw", image, url);
  }

  @Test
  void imageIsThereAfterARestart() throws IOException {
    Path image = image(directory.resolve("image"), 2);
    run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, serve.url("flush"));
    assertThat(serve.stop()).as(serve.said()).isZero();
    ServePlan plan = serve.plan();
    serve.close();
    serve = ServeProcess.ready(plan);

    run("qemu-img", "compare", "-f", "raw", "-F", "raw", image, serve.url("flush"));
    run("qemu-img", "compare", "-f", "raw", "-F", "raw", image, directory.resolve("flush.img"));
  }

  @Test
  void benchmarkEndsAtDepth64AndWithLargeRequests() throws IOException {
    for (String resource : new String[] {"durable", "flush"}) {
      IscsiUrl url = serve.url(resource);
      bench(url, "-w", "-c", "4000", "-d", "64", "-s", "4096");
      bench(url, "-w", "-c", "200", "-d", "8", "-s", "1M");
      bench(url, "-w", "-c", "500", "-d", "16", "-s", "4096", "--flush-interval=50");
      bench(url, "-c", "4000", "-d", "64", "-s", "4096");
      bench(url, "-c", "200", "-d", "8", "-s", "1M");
    }
  }

  private static void bench(IscsiUrl url, String... options) throws IOException {
    Object[] words = new Object[options.length + 7];
    System.arraycopy(new Object[] {"qemu-img", "bench", "-f", "raw", "-t", "none"}, 0, words, 0, 6);
    System.arraycopy(options, 0, words, 6, options.length);
    words[words.length - 1] = url;
    assertThat(Program.of(words).run(LIMIT).ok()).contains("Run completed in");
  }

  @Test
  void writeBackCacheWritesFlushesAndReadsBack() throws IOException {
    for (String resource : new String[] {"durable", "flush"}) {
      String output =
          Program.of(
                  "qemu-io",
                  "-f",
                  "raw",
                  "-t",
                  "writeback",
                  "-c",
                  "write -P 0x5a 1M 3M",
                  "-c",
                  "flush",
                  "-c",
                  "write -f -P 0xa5 2M 64k",
                  "-c",
                  "write -z -u 3M 512k",
                  "-c",
                  "discard 1M 256k",
                  "-c",
                  "read -P 0 1M 256k",
                  "-c",
                  "read -P 0x5a 1280k 768k",
                  "-c",
                  "read -P 0xa5 2M 64k",
                  "-c",
                  "read -P 0x5a 2112k 960k",
                  "-c",
                  "read -P 0 3M 512k",
                  "-c",
                  "flush",
                  serve.url(resource))
              .run(LIMIT)
              .ok();

      assertThat(output).doesNotContain("verification failed");
      assertThat(output.lines().filter(line -> line.contains(" ops; "))).hasSize(9);
    }
  }

  @Test
  void twoClientsAtOnce() throws IOException {
    Path first = image(directory.resolve("first"), 3);
    Path second = image(directory.resolve("second"), 4);
    Program.Running one = copy(first, "durable").start();
    Program.Running two = copy(second, "flush").start();
    one.await(LIMIT).ok();
    two.await(LIMIT).ok();

    run("qemu-img", "compare", "-f", "raw", "-F", "raw", first, serve.url("durable"));
    run("qemu-img", "compare", "-f", "raw", "-F", "raw", second, serve.url("flush"));

    Program.Running reading =
        Program.of("qemu-img", "bench", "-f", "raw", "-c", "3000", serve.url("durable")).start();
    Program.Running writing =
        Program.of("qemu-img", "bench", "-w", "-f", "raw", "-c", "3000", serve.url("durable"))
            .start();
    assertThat(reading.await(LIMIT).ok()).contains("Run completed in");
    assertThat(writing.await(LIMIT).ok()).contains("Run completed in");
  }

  private Program copy(Path image, String resource) throws IOException {
    return Program.of(
        "qemu-img",
        "convert",
        "-n",
        "-W",
        "-m",
        "8",
        "-f",
        "raw",
        "-O",
        "raw",
        image,
        serve.url(resource));
  }

  @Test
  void libiscsiProgramsSeeTheDisk() throws IOException {
    IscsiUrl url = serve.url("durable");

    assertThat(Program.of("iscsi-ls", "-s", "iscsi://" + url.portal()).run(LIMIT).ok())
        .contains("Target:iqn.2026-11.io.tharsis:durable Portal:" + url.portal())
        .contains("Target:iqn.2026-11.io.tharsis:flush Portal:" + url.portal())
        .contains("Lun:0", "Type:DIRECT_ACCESS", "(Size:127M)");
    assertThat(Program.of("iscsi-inq", url).run(LIMIT).ok())
        .contains("Peripheral Device Type:DIRECT_ACCESS", "CmdQue:1", "Vendor:");
    assertThat(Program.of("iscsi-inq", "-e", "1", "-c", "0x83", url).run(LIMIT).ok())
        .contains("DEVICE_IDENTIFICATION");
    assertThat(Program.of("iscsi-readcapacity16", url).run(LIMIT).ok())
        .contains("RETURNED LOGICAL BLOCK ADDRESS:262143", "LOGICAL BLOCK LENGTH IN BYTES:512");
  }
}
