package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One file system on a resource with a write cache, and lives of an initiator that all end with a
 * power cut while it writes and syncs files; every other time, the first included, the node is
 * killed just before. Each life must recover the journal and find every file that the lives before
 * it had synced. Owned by the thread that runs it.
 */
public final class PowerCuts {

  private static final int FILES_IN_A_LIFE = 25;
  private static final String SYNCED = "synced ";

  private final Path directory;
  private final ServePlan plan;

  /**
   * Begins with an empty disk.
   *
   * @param directory an empty one
   */
  public PowerCuts(Path directory) throws IOException {
    this.directory = directory;
    plan =
        ServePlan.of(
                directory.resolve("data"),
                "a=" + directory.resolve("disk") + ",size=128MiB,cache=flush")
            .with("--listen", "127.0.0.1:" + FreePorts.onLoopback());
  }

  /**
   * So many power cuts, and a last life that only looks.
   *
   * @return what was done, in words
   */
  public String run(int cuts) throws IOException {
    int synced = 0;
    ServeProcess serve = ServeProcess.ready(plan);
    try {
      for (int cut = 0; cut < cuts; cut++) {
        boolean killNode = cut % 2 == 0;
        synced = life(serve, synced, killNode);
        if (killNode) {
          serve.close();
          serve = ServeProcess.ready(plan);
        }
      }
      lastLife(serve, synced);
    } finally {
      serve.close();
    }
    return "%d power cuts, %d synced files all verified".formatted(cuts, synced);
  }

  private int life(ServeProcess serve, int before, boolean killNode) throws IOException {
    try (Guest guest = Guest.start(directory, "power", serve.url("a"), before, "not-last")) {
      String enough = SYNCED + (before + FILES_IN_A_LIFE);
      guest.await(enough, enough::equals);
      if (killNode) {
        serve.kill();
      }
      guest.cutPower();
      assertThat(guest.said("cache")).isEqualTo("write back");
      assertThat(before == 0 || guest.said("verified").equals(String.valueOf(before)))
          .as(guest.toString())
          .isTrue();
      assertThat(guest.diskWarnings()).isEmpty();
      return lastSynced(guest);
    }
  }

  private static int lastSynced(Guest guest) {
    return guest.said().stream()
        .filter(line -> line.matches(SYNCED + "[0-9]+"))
        .mapToInt(line -> Integer.parseInt(line.substring(SYNCED.length())))
        .max()
        .orElseThrow();
  }

  private void lastLife(ServeProcess serve, int synced) throws IOException {
    try (Guest guest = Guest.start(directory, "power", serve.url("a"), synced, "last")) {
      guest.awaitSuccess();
      assertThat(guest.said("verified")).isEqualTo(String.valueOf(synced));
      assertThat(guest.diskWarnings()).isEmpty();
    }
  }

  /** {@code PowerCuts CUTS}: exits with 1 at the first violation and keeps the evidence. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Checkout.find().workDirectory("soak-power");
    Guest.make();
    try {
      System.out.println(new PowerCuts(directory).run(Integer.parseInt(arguments[0])));
    } catch (AssertionError | IOException failure) {
      failure.printStackTrace(System.out);
      System.out.println("what is left of it is in " + directory);
      System.exit(1);
    }
    Checkout.remove(directory);
  }
}
