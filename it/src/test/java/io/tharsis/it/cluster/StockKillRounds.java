package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.vm.Guest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Three nodes of which random ones are killed while a Linux machine with its stock initiator writes
 * to a file system on the primary's LUN; its programs must see nothing but a pause. After each of
 * the machine's lives all disks must become equal. Owned by the thread that runs it.
 */
public final class StockKillRounds implements AutoCloseable {

  private static final String R = "r";
  private static final int ROUNDS_IN_A_LIFE = 5;

  private final SplittableRandom random;
  private final Map<Victim, Integer> done = new EnumMap<>(Victim.class);
  private final Path consoles;
  private final TestCluster cluster;
  private final IscsiUrl lun;

  /**
   * Makes the cluster, and a resource with three replicas.
   *
   * @param name of its directory below {@code it/work}
   * @param seed of the victims
   */
  public StockKillRounds(String name, long seed) throws IOException {
    random = new SplittableRandom(seed);
    consoles = Checkout.find().workDirectory(name + "-guest");
    TestCluster.Serving serving = TestCluster.serving(name, "512MiB", R, "128MiB");
    cluster = serving.cluster();
    lun = serving.lun();
  }

  /**
   * Kills, and removes the cluster when all was well.
   *
   * @return what it did, in words
   */
  public String run(int rounds) throws IOException {
    long begun = System.nanoTime();
    int lives = 0;
    for (int left = rounds; left > 0; left -= ROUNDS_IN_A_LIFE) {
      life(++lives, Math.min(left, ROUNDS_IN_A_LIFE));
      cluster.awaitEqual(R);
      cluster.verify(R);
    }
    cluster.end();
    Checkout.remove(consoles);
    return "%d rounds, %s, %d lives of a Linux initiator, all files verified; %d s"
        .formatted(rounds, done, lives, Duration.ofNanos(System.nanoTime() - begun).toSeconds());
  }

  private void life(int life, int rounds) throws IOException {
    Path directory = Files.createDirectories(consoles.resolve("life-" + life));
    try (Guest guest = Guest.start(directory, "cluster", lun, life, rounds)) {
      for (int round = 1; round <= rounds; round++) {
        Victim victim = Victim.any(random);
        try {
          round(guest, round, victim);
        } catch (IOException | RuntimeException | AssertionError failure) {
          throw new AssertionError(
              "round %d of life %d, which killed %s: %s"
                  .formatted(round, life, victim, failure.getMessage()),
              failure);
        }
        done.merge(victim, 1, Integer::sum);
      }
      guest.awaitSuccess();
      assertThat(guest.diskWarnings()).isEmpty();
    }
  }

  private void round(Guest guest, int round, Victim victim) throws IOException {
    List<TestNode> killed = new ArrayList<>();
    if (victim != Victim.PRIMARY) {
      killed.add(cluster.anySecondary(random));
    }
    if (victim != Victim.SECONDARY) {
      killed.add(random.nextInt(killed.size() + 1), cluster.alpha());
    }
    guest.awaitQuestion("kill " + round);
    for (TestNode node : killed) {
      node.kill();
    }
    guest.answer();
    guest.awaitQuestion("start " + round);
    for (TestNode node : killed) {
      node.restart();
    }
    if (victim != Victim.SECONDARY) {
      assertThat(cluster.alpha().awaitLun(R)).isEqualTo(lun);
    }
    guest.answer();
  }

  @Override
  public void close() throws IOException {
    cluster.close();
  }

  /** {@code StockKillRounds ROUNDS SEED}: exits with 1 at the first violation. */
  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    String name = "soak-stock-kill";
    Guest.make();
    try (StockKillRounds kills = new StockKillRounds(name, seed)) {
      System.out.println(kills.run(rounds));
    } catch (AssertionError | IOException failure) {
      failure.printStackTrace(System.out);
      System.out.printf(
          "seed %d fails; what is left of it is in %s%n",
          seed, Checkout.find().home().resolve("it/work").resolve(name));
      System.exit(1);
    }
  }
}
