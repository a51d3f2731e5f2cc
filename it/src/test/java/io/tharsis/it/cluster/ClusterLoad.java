package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.ConnectionLostException;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.ScsiDevice;
import io.tharsis.it.initiator.Stamp;
import io.tharsis.it.initiator.StampedWrites;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Condition;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * Stamped writes to one LUN on a thread of their own, booked, until they are told to stop or the
 * target is gone. Of several loads with one ledger, one runs at a time.
 */
final class ClusterLoad {

  private static final String INITIATOR = "iqn.2026-11.io.tharsis.it:cluster";
  private static final int DEPTH = 16;
  private static final int POLL_MILLIS = 200;
  private static final long GENTLE_MILLIS = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final IscsiUrl url;
  private final WriteLedger ledger;
  private final long seed;
  private final long pauseMillis;
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private volatile long written;
  private volatile boolean stopping;

  private ClusterLoad(IscsiUrl url, WriteLedger ledger, long seed, long pauseMillis) {
    this.url = url;
    this.ledger = ledger;
    this.seed = seed;
    this.pauseMillis = pauseMillis;
  }

  /** Begins to write as fast as it goes. */
  static ClusterLoad begin(IscsiUrl url, WriteLedger ledger, long seed) {
    return begun(new ClusterLoad(url, ledger, seed, 0));
  }

  /** Begins to write so that members keep up, on a machine that all nodes share. */
  static ClusterLoad beginGently(IscsiUrl url, WriteLedger ledger, long seed) {
    return begun(new ClusterLoad(url, ledger, seed, GENTLE_MILLIS));
  }

  private static ClusterLoad begun(ClusterLoad load) {
    Thread.ofPlatform().daemon().name("load").start(load::run);
    return load;
  }

  private void run() {
    try {
      ended.complete(write());
    } catch (IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  /** Whether the target was there to the end. */
  private boolean write() throws IOException {
    Initiator initiator = Initiator.connect(url, settings());
    ScsiDevice.Capacity capacity = new ScsiDevice(initiator).readCapacity16();
    StampedWrites writes = new StampedWrites(initiator, ledger, capacity, seed);
    try {
      while (!stopping) {
        writes.turn(POLL_MILLIS);
        written = writes.completedCount();
        LockSupport.parkNanos(pauseMillis * 1_000_000);
      }
      initiator.drain();
      return true;
    } catch (ConnectionLostException lost) {
      return false;
    } finally {
      initiator.close();
      writes.close();
    }
  }

  private static InitiatorSettings settings() {
    return InitiatorSettings.named(INITIATOR).withQueueDepth(DEPTH);
  }

  /** Waits until so many more writes have ended. */
  void awaitWrites(long more) throws IOException {
    long goal = written + more;
    Condition.await(more + " writes", LIMIT, () -> written >= goal || ended.isDone());
    assertThat(ended).as("the load goes on").isNotDone();
  }

  /** Ends it while the target is there. */
  void stop() throws IOException {
    stopping = true;
    assertThat(outcome()).as("the target was there to the end").isTrue();
  }

  /** Waits for its end after the target was killed. */
  void awaitLoss() throws IOException {
    assertThat(outcome()).as("the target was there to the end").isFalse();
  }

  private boolean outcome() throws IOException {
    try {
      return ended.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw new IOException("the load failed", failed.getCause());
    } catch (TimeoutException late) {
      throw new IOException("the load does not end", late);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Looks at what a LUN holds after a crash, and takes it as the truth. */
  static void verify(IscsiUrl url, WriteLedger ledger) throws IOException {
    try (Initiator initiator = Initiator.connect(url, settings())) {
      ScsiDevice device = new ScsiDevice(initiator);
      int blockBytes = device.readCapacity16().blockBytes();
      int sectors = StampedWrites.STAMPED_BYTES / blockBytes;
      LongFunction<Optional<Stamp>> observed =
          block -> stamp(device, block * sectors, sectors, blockBytes);
      assertThat(ledger.violations(observed)).isEmpty();
      ledger.settle(observed);
    }
  }

  private static Optional<Stamp> stamp(ScsiDevice device, long lba, int sectors, int blockBytes) {
    try {
      return StampedWrites.stampOf(device.read(lba, sectors, blockBytes));
    } catch (IOException e) {
      throw new AssertionError("a block cannot be read", e);
    }
  }
}
