package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.contract.World;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A received log that a test fills from the log of another world; the test's thread drives both.
 */
final class TestReceiver implements ReceivedLog.Listener {

  /** Much smaller than a batch may be, so that limits are felt. */
  static final int RUN_BYTES = 64 << 10;

  private final World world;
  final List<Long> told = new ArrayList<>();
  final List<StateSnapshot> states = new ArrayList<>();
  Optional<String> stopped = Optional.empty();
  int spaceNotices;
  private Optional<ReceivedLog> log = Optional.empty();

  private TestReceiver(World world) {
    this.world = world;
  }

  /** Creates a log that begins at {@code baseLsn}, or opens it. */
  static TestReceiver join(SimLog sim, LogStart start) throws IOException {
    Seams seams = sim.seams();
    LogConfig config = TestLog.config(sim.limits, sim.acceptLoss);
    TestReceiver test = new TestReceiver(sim.world);
    return test.receive(
        sim, () -> LogOpening.join(seams, config, start, List.of(TestLog.DISK), test::recovered));
  }

  /** Opens a log that is there. */
  static TestReceiver open(SimLog sim) throws IOException {
    Seams seams = sim.seams();
    LogConfig config = TestLog.config(sim.limits, sim.acceptLoss);
    TestReceiver test = new TestReceiver(sim.world);
    return test.receive(
        sim, () -> LogOpening.openReceived(seams, config, List.of(TestLog.DISK), test::recovered));
  }

  private TestReceiver receive(SimLog sim, Supplier<Async<LogOpening>> opening) throws IOException {
    log = Optional.of(sim.world.await(() -> opening.get().map(opened -> opened.receive(this))));
    return this;
  }

  private void recovered(Entry entry, long lsn) {
    told.add(lsn);
  }

  ReceivedLog log() {
    return log.orElseThrow();
  }

  @Override
  public void changed(Entry entry, long lsn) {
    assertThat(lsn).as("told only what is durable").isLessThan(log().marks().durable());
    told.add(lsn);
  }

  @Override
  public void stateChanged(StateSnapshot state) {
    states.add(state);
  }

  @Override
  public void progressed() {}

  @Override
  public void stopped(String reason) {
    stopped = Optional.of(reason);
  }

  @Override
  public void spaceShort() {
    spaceNotices++;
  }

  /** What the source has at the place where this log goes on. */
  ShippedLog.Found look(World sourceWorld, ReadableLog source) throws IOException {
    return sourceWorld.await(() -> source.shipped().read(log().next(), RUN_BYTES));
  }

  /** Fetches everything that there is; gives the durable end. */
  long fetchAll(World sourceWorld, ReadableLog source) throws IOException {
    while (look(sourceWorld, source) instanceof ShippedLog.Found.Run run) {
      take(run);
    }
    assertThat(look(sourceWorld, source)).isInstanceOf(ShippedLog.Found.Nothing.class);
    return log().marks().durable();
  }

  /** Takes one run. */
  void take(ShippedLog.Found.Run run) throws IOException {
    if (run.header().isPresent()) {
      begin(run.header().get());
    }
    receive(run.position().lsn(), run.bytes());
  }

  void begin(ByteBuffer header) throws IOException {
    world.await(() -> log().begin(header));
  }

  void receive(long lsn, ByteBuffer bytes) throws IOException {
    world.await(() -> log().receive(lsn, bytes));
  }

  /** Moves checkpoint and horizon, as if everything below had been applied. */
  void checkpoint(long lsn) throws IOException {
    world.await(() -> log().moveCheckpoint(lsn, lsn, List.of()));
    world.await(() -> {
      log().release(lsn);
      return Async.done();
    });
  }

  void close() throws IOException {
    world.await(() -> log().close());
  }
}
