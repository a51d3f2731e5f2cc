package io.tharsis.it.kill;

import io.tharsis.it.history.LunHistory;
import io.tharsis.it.history.LunImage;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.ServePlan;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One node with two resources, one of each write cache, loaded by a client each and killed at
 * random moments; after every kill the next start must show every acknowledged write, and one
 * prefix of what the clients did. Owned by the thread that runs it.
 */
public final class KillRounds implements AutoCloseable {

  private static final int VOLUME_BYTES = 64 << 20;
  private static final int BLOCKS = VOLUME_BYTES / LunImage.BLOCK_BYTES;
  private static final int MAX_GOODS = 1_500;
  private static final int MAX_QUIET_MILLIS = 300;

  /** Moments for a kill; the list is one turn of the rounds. */
  private enum Moment {
    /** Under load. */
    LOAD,
    /** When the load is over and the disks catch up. */
    QUIET,
    /** Once or more while it starts and recovers, and then under load. */
    START,
    /** While it stops, under load. */
    STOP,
    /** No kill: it stops cleanly under load, and the disks alone must tell. */
    NONE
  }

  private static final List<Moment> TURN =
      List.of(
          Moment.LOAD,
          Moment.LOAD,
          Moment.LOAD,
          Moment.LOAD,
          Moment.QUIET,
          Moment.START,
          Moment.START,
          Moment.STOP,
          Moment.STOP,
          Moment.NONE);

  private final SplittableRandom random;
  private final Path directory;
  private final ServePlan plan;
  private final List<KillClient> clients;
  private final Map<Moment, Integer> ended = new EnumMap<>(Moment.class);
  private int kills;
  private long startMillis = 1_500;

  /**
   * Begins with empty disks.
   *
   * @param directory an empty one
   * @param seed of the load and of the moments
   */
  public KillRounds(Path directory, long seed) {
    this.directory = directory;
    random = new SplittableRandom(seed);
    plan =
        ServePlan.of(
            directory.resolve("data"),
            "durable=" + directory.resolve("durable.img") + ",size=64MiB,cache=durable",
            "flush=" + directory.resolve("flush.img") + ",size=64MiB,cache=flush");
    clients =
        List.of(
            new KillClient(
                "durable", seed * 2, BLOCKS, LunHistory.Promise.STABLE_WHEN_GOOD, random.split()),
            new KillClient(
                "flush",
                seed * 2 + 1,
                BLOCKS,
                LunHistory.Promise.STABLE_WHEN_FLUSHED,
                random.split()));
  }

  /**
   * Goes on until there were so many kills.
   *
   * @return what it did, in words
   */
  public String run(int killsWanted) throws IOException {
    long begun = System.nanoTime();
    killWhileItStarts();
    while (kills < killsWanted) {
      for (Moment moment : shuffled()) {
        if (kills < killsWanted) {
          round(moment);
          ended.merge(moment, 1, Integer::sum);
        }
      }
    }
    try (ServeProcess serve = startVerified()) {
      stopCleanly(serve);
    }
    return "%d kills, %s, %d commands answered, every one verified; %d s"
        .formatted(
            kills,
            ended,
            clients.stream().mapToLong(KillClient::goodCount).sum(),
            Duration.ofNanos(System.nanoTime() - begun).toSeconds());
  }

  private List<Moment> shuffled() {
    List<Moment> turn = new ArrayList<>(TURN);
    Collections.shuffle(turn, new Random(random.nextLong()));
    return turn;
  }

  private void round(Moment moment) throws IOException {
    if (moment == Moment.START) {
      for (int times = 1 + random.nextInt(2); times > 0; times--) {
        killWhileItStarts();
      }
    }
    try (ServeProcess serve = startVerified()) {
      List<Future<Void>> loads = clients.stream().map(KillClient::load).toList();
      int goods = 1 + random.nextInt(1 + random.nextInt(MAX_GOODS));
      int first = random.nextInt(clients.size());
      clients.get(first).awaitGoods(goods, loads.get(first));
      end(moment, serve, loads);
    } catch (IOException | RuntimeException | AssertionError failure) {
      throw new AssertionError(
          "round with a kill at %s, after %d kills: %s"
              .formatted(moment, kills, failure.getMessage()),
          failure);
    }
  }

  private void end(Moment moment, ServeProcess serve, List<Future<Void>> loads) throws IOException {
    switch (moment) {
      case LOAD, START -> kill(serve);
      case QUIET -> {
        clients.forEach(KillClient::drain);
        awaitAll(loads);
        passMillis(random.nextInt(MAX_QUIET_MILLIS));
        kill(serve);
      }
      case STOP -> {
        clients.forEach(KillClient::expectTheEnd);
        serve.terminate();
        passMillis(random.nextInt(MAX_QUIET_MILLIS));
        kill(serve);
      }
      case NONE -> {
        clients.forEach(KillClient::expectTheEnd);
        stopCleanly(serve);
      }
    }
    awaitAll(loads);
    if (moment == Moment.NONE) {
      verifyDisks();
    }
  }

  private void kill(ServeProcess serve) throws IOException {
    serve.kill();
    kills++;
  }

  private void killWhileItStarts() throws IOException {
    try (ServeProcess serve = ServeProcess.start(plan)) {
      passMillis(random.nextInt((int) startMillis));
      kill(serve);
    }
  }

  /** A random moment later: what the node is doing then is what the round is about. */
  private static void passMillis(int millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private ServeProcess startVerified() throws IOException {
    long begun = System.nanoTime();
    ServeProcess serve = ServeProcess.ready(plan);
    startMillis = Math.max(100, Duration.ofNanos(System.nanoTime() - begun).toMillis());
    try {
      List<Future<Void>> looks = new ArrayList<>();
      for (KillClient client : clients) {
        looks.add(client.verify(serve.url(client.resource())));
      }
      awaitAll(looks);
      return serve;
    } catch (IOException | RuntimeException | Error e) {
      serve.close();
      throw e;
    }
  }

  private static void stopCleanly(ServeProcess serve) throws IOException {
    int status = serve.stop();
    if (status != 0) {
      throw new AssertionError("a clean stop ended with " + status + ": " + serve.said());
    }
  }

  private void verifyDisks() throws IOException {
    List<Future<Void>> looks =
        clients.stream()
            .map(client -> client.verify(directory.resolve(client.resource() + ".img")))
            .toList();
    awaitAll(looks);
  }

  private static void awaitAll(List<Future<Void>> tasks) throws IOException {
    for (Future<Void> task : tasks) {
      KillClient.await(task);
    }
  }

  @Override
  public void close() {
    clients.forEach(KillClient::close);
  }

  /** {@code KillRounds KILLS SEED}: exits with 1 at the first violation and keeps the evidence. */
  public static void main(String[] arguments) throws IOException {
    int wanted = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Path directory = Checkout.find().workDirectory("soak-kill");
    try (KillRounds rounds = new KillRounds(directory, seed)) {
      System.out.println(rounds.run(wanted));
    } catch (AssertionError | IOException failure) {
      failure.printStackTrace(System.out);
      System.out.printf("seed %d fails; what is left of it is in %s%n", seed, directory);
      System.exit(1);
    }
    Checkout.remove(directory);
  }
}
