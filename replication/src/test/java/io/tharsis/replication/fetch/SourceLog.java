package io.tharsis.replication.fetch;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ShippedLog.Found;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Payload;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;

/** A log that a test writes, on a host of its own. */
public final class SourceLog {

  private static final int RUN_BYTES = 64 << 10;

  private final SimWorld world;
  private final TestLog test;

  /** An empty log. */
  public SourceLog(long seed) throws IOException {
    world = new SimWorld(seed);
    test =
        TestLog.open(
            world,
            TestLog.seams(world, world.await(world::openStore), seed),
            TestLog.config(TestLog.LIMITS, false));
  }

  /** Where it is. */
  public SimWorld world() {
    return world;
  }

  /** The log; to be used on its owner. */
  public Log log() {
    return test.log();
  }

  /** Writes that many kibibytes, durably. */
  public void write(int kibibytes) throws IOException {
    for (int i = 0; i < kibibytes; i += 64) {
      test.write((long) i << 10, Math.min(64, kibibytes - i) << 10);
    }
  }

  /** As if everything was applied. */
  public void apply() throws IOException {
    test.checkpoint(log().marks().durable());
  }

  /** Where a member's log of it begins. */
  public LogStart start() {
    return new LogStart(log().resourceId(), 0);
  }

  /** The epoch that is being written. */
  public UUID epochId() {
    return log().epoch().id();
  }

  /** What a source would send to who asks from here. */
  public LogMessage.LogRun run(Position from) throws IOException {
    Found found = world.await(() -> log().shipped().read(from, RUN_BYTES));
    if (!(found instanceof Found.Run run)) {
      throw new AssertionError("no run: " + found);
    }
    return new LogMessage.LogRun(run.position(), true, run.header(), Payload.plain(run.bytes()));
  }

  /** Does something on the log's owner. */
  public <T> T on(Callable<T> action) throws IOException {
    return on(world, action);
  }

  /** Does something on the owner of a world. */
  public static <T> T on(SimWorld world, Callable<T> action) throws IOException {
    return world.await(() -> {
      try {
        return Async.of(action.call());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }
}
