package io.tharsis.it.kill;

import io.tharsis.it.history.LunHistory;
import io.tharsis.it.history.LunImage;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.ConnectionLostException;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One initiator with one volume of its own and the book about it. Its session lives on one thread;
 * the methods may be called by the thread of the rounds, one at a time.
 */
final class KillClient implements AutoCloseable {

  private static final int DEPTH = 32;
  private static final int POLL_MILLIS = 200;
  private static final long LIMIT_SECONDS = 120;

  private final String resource;
  private final long volume;
  private final int blocks;
  private final LunHistory history;
  private final SplittableRandom random;
  private final ExecutorService thread;
  private final Semaphore goods = new Semaphore(0);
  private Optional<Initiator> session = Optional.empty();
  private volatile Mood mood = Mood.LOADING;
  private long goodCount;

  /** What the load expects of its target. */
  private enum Mood {
    /** Every answer is GOOD. */
    LOADING,
    /** No new commands; every answer is GOOD. */
    DRAINING,
    /** The target was told to stop: it may refuse, and go away. */
    ENDING
  }

  /**
   * @param volume a number that no other client has
   */
  KillClient(
      String resource,
      long volume,
      int blocks,
      LunHistory.Promise promise,
      SplittableRandom random) {
    this.resource = resource;
    this.volume = volume;
    this.blocks = blocks;
    this.random = random;
    history = new LunHistory(volume, blocks, promise);
    thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name(resource).daemon().factory());
  }

  String resource() {
    return resource;
  }

  /** Commands that were answered with GOOD, ever. Read it between the loads. */
  long goodCount() {
    return goodCount;
  }

  /** Logs in, reads everything, judges it and takes it for the truth. */
  Future<Void> verify(IscsiUrl url) {
    return thread.submit(() -> {
      disconnect();
      Initiator initiator =
          Initiator.connect(
              url,
              InitiatorSettings.named("iqn.2026-11.io.tharsis.it:" + resource)
                  .withQueueDepth(DEPTH));
      session = Optional.of(initiator);
      accept(LunImage.ofLun(initiator, volume, blocks), "the LUN");
      return null;
    });
  }

  /**
   * Reads the disk file of a target that has stopped cleanly, judges it and takes it for the truth.
   * A clean stop keeps every acknowledged write, whatever the cache.
   */
  Future<Void> verify(Path disk) {
    return thread.submit(() -> {
      history.flushed(history.issueFlush());
      accept(LunImage.ofFile(disk, volume, blocks), "the disk alone");
      return null;
    });
  }

  private void accept(LunImage seen, String what) {
    List<String> violations = history.violations(seen);
    if (!violations.isEmpty()) {
      throw new AssertionError(
          "%s of %s is wrong:%n  %s"
              .formatted(what, resource, String.join(System.lineSeparator() + "  ", violations)));
    }
    history.settle(seen);
  }

  /** Loads the volume over the session of the last verification until the connection is lost. */
  Future<Void> load() {
    mood = Mood.LOADING;
    goods.drainPermits();
    return thread.submit(this::loadUntilLost);
  }

  private Void loadUntilLost() throws IOException {
    try (MixedLoad load =
        new MixedLoad(
            session.orElseThrow(),
            history,
            new MixedLoad.Extent(volume, blocks),
            random.split(),
            new Answers())) {
      try {
        while (mood != Mood.DRAINING) {
          load.turn(POLL_MILLIS);
        }
        session.orElseThrow().drain();
      } catch (ConnectionLostException lost) {
        // which is how every round ends
      } finally {
        disconnect();
      }
    }
    return null;
  }

  private void disconnect() {
    session.ifPresent(Initiator::abort);
    session = Optional.empty();
  }

  /** No new commands; ends the load when those in flight have ended. */
  void drain() {
    mood = Mood.DRAINING;
  }

  /** From here on the target may refuse commands. */
  void expectTheEnd() {
    mood = Mood.ENDING;
  }

  /** Waits until so many commands of this load were answered with GOOD, or the load has failed. */
  void awaitGoods(int count, Future<Void> load) throws IOException {
    try {
      for (long waited = 0; !goods.tryAcquire(count, 1, TimeUnit.SECONDS); waited++) {
        if (load.isDone() || waited == LIMIT_SECONDS) {
          await(load);
          throw new AssertionError(resource + ": no " + count + " answers in time");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The end of what this client was asked to do, its failures included. */
  static void await(Future<Void> task) throws IOException {
    try {
      task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new AssertionError(failed.getCause().getMessage(), failed.getCause());
    } catch (TimeoutException hangs) {
      throw new AssertionError("a client hangs", hangs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private final class Answers implements MixedLoad.Observer {
    @Override
    public void good() {
      goodCount++;
      goods.release();
    }

    @Override
    public void notGood(String command, CommandResult result) {
      boolean ends =
          switch (result.status()) {
            case LOST -> true;
            case TIMED_OUT -> false;
            default -> mood == Mood.ENDING;
          };
      if (!ends) {
        throw new AssertionError(resource + ": CDB " + command + " ended with " + result);
      }
    }
  }

  @Override
  public void close() {
    thread.execute(this::disconnect);
    thread.shutdown();
  }
}
