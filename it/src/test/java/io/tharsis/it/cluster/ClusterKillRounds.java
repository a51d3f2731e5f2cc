package io.tharsis.it.cluster;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Three nodes of which random ones are killed under load; after every round the primary must have
 * every acknowledged write, and now and then all disks must become equal. Owned by the thread that
 * runs it.
 */
public final class ClusterKillRounds implements AutoCloseable {

  private static final String R = "r";
  private static final int MAX_WRITES = 600;
  private static final int ROUNDS_BETWEEN_LOOKS = 5;

  private final SplittableRandom random;
  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private final Map<Victim, Integer> done = new EnumMap<>(Victim.class);
  private final TestCluster cluster;
  private IscsiUrl lun;

  /**
   * Makes the cluster, and a resource with three replicas.
   *
   * @param name of its directory below {@code it/work}
   * @param seed of the load, the victims and the moments
   */
  public ClusterKillRounds(String name, long seed) throws IOException {
    random = new SplittableRandom(seed);
    TestCluster.Serving serving = TestCluster.serving(name, "256MiB", R, "32MiB");
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
    for (int round = 1; round <= rounds; round++) {
      Victim victim = Victim.any(random);
      try {
        round(victim);
        if (round % ROUNDS_BETWEEN_LOOKS == 0 || round == rounds) {
          cluster.awaitEqual(R);
        }
      } catch (IOException | RuntimeException | AssertionError failure) {
        throw new AssertionError(
            "round %d, which killed %s: %s".formatted(round, victim, failure.getMessage()),
            failure);
      }
      done.merge(victim, 1, Integer::sum);
    }
    cluster.end();
    return "%d rounds, %s, %d writes, every acknowledged one verified; %d s"
        .formatted(
            rounds,
            done,
            ledger.issuedCount(),
            Duration.ofNanos(System.nanoTime() - begun).toSeconds());
  }

  private void round(Victim victim) throws IOException {
    ClusterLoad load = ClusterLoad.begin(lun, ledger, random.nextLong());
    pass(load);
    switch (victim) {
      case PRIMARY -> killPrimary(load);
      case SECONDARY -> {
        TestNode secondary = killSecondary(load);
        secondary.restart();
        pass(load);
        load.stop();
      }
      case BOTH -> {
        TestNode secondary = killSecondary(load);
        if (random.nextBoolean()) {
          secondary.restart();
          pass(load);
          killPrimary(load);
        } else {
          killPrimary(load);
          secondary.restart();
        }
      }
    }
    ClusterLoad.verify(lun, ledger);
  }

  private void pass(ClusterLoad load) throws IOException {
    load.awaitWrites(1 + random.nextInt(MAX_WRITES));
  }

  private void killPrimary(ClusterLoad load) throws IOException {
    cluster.alpha().kill();
    load.awaitLoss();
    cluster.alpha().restart();
    lun = cluster.alpha().awaitLun(R);
  }

  /** Kills one, and lets it miss some writes. */
  private TestNode killSecondary(ClusterLoad load) throws IOException {
    TestNode secondary = cluster.anySecondary(random);
    secondary.kill();
    pass(load);
    return secondary;
  }

  @Override
  public void close() throws IOException {
    cluster.close();
  }

  /** {@code ClusterKillRounds ROUNDS SEED}: exits with 1 at the first violation. */
  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    String name = "soak-cluster-kill";
    try (ClusterKillRounds kills = new ClusterKillRounds(name, seed)) {
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
