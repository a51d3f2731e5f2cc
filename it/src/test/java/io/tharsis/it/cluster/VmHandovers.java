package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import io.tharsis.it.vm.Guest;
import io.tharsis.it.vm.Handovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two nodes between which the role of the primary goes back and forth, and a third one that has no
 * replica, while a Linux machine with its stock initiator writes to the LUN and verifies it; its
 * programs must see nothing but pauses. Owned by the thread that runs it.
 */
public final class VmHandovers implements AutoCloseable {

  private static final String R = "r";
  private static final String FULFILLED =
      "an initiator wishes that this node be the primary: done, as it serves";
  private static final int ROUNDS_IN_A_LIFE = 20;
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration ROUND = Duration.ofSeconds(60);
  private static final Duration KILL_ROUND = Duration.ofMinutes(4);

  /** How the machine reaches the LUN. */
  public enum Way {
    /** Through the portal of the node that is the primary at first. */
    ONE_PORTAL,
    /** Through the portals of both replicas, which dm-multipath joins. */
    TWO_PORTALS,
    /** Through the portal of the node without a replica. */
    CLIENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final Path consoles;
  private final TestCluster cluster;
  private final IscsiUrl atAlpha;
  private final IscsiUrl atBeta;
  private final IscsiUrl atGamma;

  /**
   * Makes the cluster and a resource.
   *
   * @param name of its directory below {@code it/work}
   */
  public VmHandovers(String name) throws IOException {
    this(name, "");
  }

  /** The same, but initiators may move the role. */
  public static VmHandovers takingWishes(String name) throws IOException {
    return new VmHandovers(name, ExplicitAccessIT.ALLOWED);
  }

  private VmHandovers(String name, String settings) throws IOException {
    consoles = Checkout.find().workDirectory(name + "-guest");
    cluster =
        TestCluster.make(
            name, List.of(HostPlace.HERE, HostPlace.HERE, HostPlace.HERE), "512MiB", settings);
    try {
      atAlpha = cluster.createPair(R, "128MiB");
      atBeta = cluster.beta().awaitLun(R);
      cluster.gamma().awaitShown(R + ":");
      cluster.gamma().tell("attach-client", R);
      atGamma = cluster.gamma().awaitLun(R);
      cluster.beta().tell("wait-resource", R, "uptodate");
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** Has the role go to beta in odd rounds and to alpha in even ones, in order. */
  public Handovers.Seen planned(Way way, int rounds) throws IOException {
    List<IscsiUrl> portals =
        switch (way) {
          case ONE_PORTAL -> List.of(atAlpha);
          case TWO_PORTALS -> List.of(atAlpha, atBeta);
          case CLIENT -> List.of(atGamma);
        };
    Handovers.Seen seen =
        handovers(way.toString(), portals, rounds).run(round -> heir(round).tell("primary", R));
    backToAlpha(rounds);
    return seen;
  }

  /**
   * The machine moves the role itself, to beta in odd rounds and to alpha in even ones, over two
   * portals that dm-multipath joins.
   */
  public Handovers.Seen wished(int rounds) throws IOException {
    Handovers.Seen seen =
        handovers("wished", List.of(atAlpha, atBeta), rounds)
            .runWishes(round -> heir(round).awaitShown(R, "Primary"));
    assertThat(fulfilled())
        .as("wishes: one in a round, and none that takes it back")
        .isEqualTo(rounds);
    backToAlpha(rounds);
    return seen;
  }

  private long fulfilled() throws IOException {
    long count = 0;
    for (TestNode node : cluster.nodes()) {
      count += node.said().lines().filter(line -> line.endsWith(FULFILLED)).count();
    }
    return count;
  }

  private Handovers handovers(String name, List<IscsiUrl> portals, int rounds) throws IOException {
    assertThat(cluster.alpha().shown(R)).contains("Primary");
    return new Handovers(directory(name), portals, rounds, START.plus(ROUND.multipliedBy(rounds)));
  }

  private void backToAlpha(int rounds) throws IOException {
    if (rounds % 2 != 0) {
      cluster.alpha().tell("primary", R);
    }
    awaitEqual();
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectories(consoles.resolve(name.replace(' ', '-')));
  }

  /** Nobody writes: then both disks have to become equal. */
  private void awaitEqual() throws IOException {
    for (TestNode node : List.of(cluster.alpha(), cluster.beta())) {
      node.tell("wait-resource", R, "uptodate");
    }
    cluster.verify(R);
  }

  /**
   * In each round the primary is killed and the other one made the primary by force; what is killed
   * comes back and is a secondary. Every answered write waits for both, so none may be missed.
   */
  public Handovers.Seen killed(int rounds) throws IOException {
    cluster.alpha().tell("set-mode", R, "sync", "--link-timeout", "2s");
    Handovers.Seen seen = kills("killed", rounds, Handovers.Look.VERIFIED, this::killAndForce);
    cluster.alpha().tell("set-mode", R, "async");
    return seen;
  }

  /**
   * The same, but the other one misses what was written last: then there is a branch, which must be
   * shown, and what has it must not serve.
   */
  public Handovers.Seen split(int rounds) throws IOException {
    return kills("split", rounds, Handovers.Look.UNVERIFIED, this::splitAndForce);
  }

  private Handovers.Seen kills(String name, int rounds, Handovers.Look look, Handovers.Verb force)
      throws IOException {
    Handovers.Seen seen =
        new Handovers(
                directory(name),
                List.of(atAlpha, atBeta),
                rounds,
                START.plus(KILL_ROUND.multipliedBy(rounds)))
            .runKills(
                look,
                force,
                look == Handovers.Look.VERIFIED ? this::restart : this::restartWithBranch);
    backToAlpha(rounds);
    return seen;
  }

  private TestNode victim(int round) {
    return cluster.nodes().get((round + 1) % 2);
  }

  private TestNode heir(int round) {
    return cluster.nodes().get(round % 2);
  }

  private void killAndForce(int round) throws IOException {
    heir(round).tell("wait-resource", R, "uptodate");
    victim(round).awaitNotShown("degraded");
    victim(round).kill();
    heir(round).tell("primary", R, "--force", "--accept-loss");
  }

  private void splitAndForce(int round) throws IOException {
    heir(round).tell("pause-fetch", R);
    heir(round).awaitShown(R, "OutDated[F");
    victim(round).kill();
    heir(round).tell("primary", R, "--force", "--accept-loss");
    heir(round).tell("resume-fetch", R);
  }

  /** It may have begun writes that nobody was told to have been made, and so have a branch. */
  private void restart(int round) throws IOException {
    TestNode node = victim(round);
    node.restart();
    Condition.await(
        node.name() + " follows or has a branch",
        ROUND,
        () -> node.shown(R).contains("UpToDate") || node.shown(R).contains("Branch"));
    if (node.shown(R).contains("Branch")) {
      node.tell("invalidate", R);
    }
    node.tell("wait-resource", R, "uptodate");
  }

  private void restartWithBranch(int round) throws IOException {
    TestNode node = victim(round);
    node.restart();
    node.awaitShown(R, "Branch");
    node.awaitShown(R, "Secondary");
    Portals.assertUnavailable(round % 2 == 1 ? atAlpha : atBeta);
    node.tell("invalidate", R);
    node.tell("wait-resource", R, "uptodate");
  }

  /** Stops the nodes in order and removes what they have left. */
  public void end() throws IOException {
    cluster.end();
    Checkout.remove(consoles);
  }

  @Override
  public void close() throws IOException {
    cluster.close();
  }

  /** {@code VmHandovers ROUNDS KILLS}: exits with 1 at the first violation. */
  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[0]);
    int kills = Integer.parseInt(arguments[1]);
    Guest.make();
    try (VmHandovers handovers = new VmHandovers("soak-handovers")) {
      handovers.runAll(rounds, kills);
      handovers.end();
      wishes(rounds);
    } catch (AssertionError | IOException failure) {
      failure.printStackTrace(System.out);
      System.out.println(
          "what is left of it is in "
              + Checkout.find().home().resolve("it/work").resolve("soak-handovers*"));
      System.exit(1);
    }
  }

  private static void wishes(int rounds) throws IOException {
    if (rounds > 0) {
      try (VmHandovers handovers = takingWishes("soak-handovers-wished")) {
        System.out.println("wished: " + handovers.wished(Math.min(ROUNDS_IN_A_LIFE, rounds)));
        handovers.end();
      }
    }
  }

  /** Several machines one after the other, so that each way has its turn soon. */
  private void runAll(int rounds, int kills) throws IOException {
    if (kills > 0) {
      System.out.println("killed: " + killed(kills));
      System.out.println("split: " + split(kills));
    }
    Map<Way, Handovers.Seen> all = new EnumMap<>(Way.class);
    for (int done = 0; done < rounds; done += ROUNDS_IN_A_LIFE) {
      for (Way way : Way.values()) {
        Handovers.Seen seen = planned(way, Math.min(ROUNDS_IN_A_LIFE, rounds - done));
        System.out.println(way + ": " + all.merge(way, seen, Handovers.Seen::and));
      }
    }
  }
}
