package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Log that is applied here and kept for others, until space is short and somebody decides. */
final class RetentionTest {

  private static final int MIB = 1 << 20;

  private final SimLog sim = new SimLog(41);
  private TestLog log;

  @BeforeEach
  void open() throws IOException {
    log = sim.open();
  }

  private void retainFrom(long lsn) throws IOException {
    sim.world.await(() -> {
      log.log().retainFrom(lsn);
      return Async.done();
    });
  }

  /** Writes and applies; gives where the log ends. */
  private long write(int mebibytes) throws IOException {
    for (int i = 0; i < mebibytes; i++) {
      log.write(0, MIB);
    }
    log.checkpoint(log.log().marks().durable());
    return log.log().marks().durable();
  }

  private ShippedLog.Found look(Position from) throws IOException {
    return sim.world.await(() -> log.log().shipped().read(from, 4096));
  }

  @Test
  void whatIsRetainedStaysThoughItIsApplied() throws IOException {
    retainFrom(0);
    write(30);
    assertThat(log.log().marks().retained()).isZero();
    assertThat(log.log().heldBytes()).isEqualTo(4L * sim.limits.logfileBytes());
    assertThat(look(Position.start(0))).isInstanceOf(ShippedLog.Found.Run.class);
    long kept = 10L * MIB;
    retainFrom(kept);
    assertThat(log.log().marks().retained()).isBetween(1L, kept);
    assertThat(look(Position.start(0)))
        .isEqualTo(new ShippedLog.Found.Gone(log.log().marks().retained()));
    retainFrom(Long.MAX_VALUE);
    assertThat(log.log().heldBytes()).isZero();
    assertThat(log.log().marks().retained()).isGreaterThan(20L * MIB);
  }

  @Test
  void whenSpaceIsShortTheOwnerIsToldAndDecides() throws IOException {
    retainFrom(0);
    write(30);
    assertThat(log.spaceNotices()).isZero();
    write(6);
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(log.spaceNotices()).isPositive();
    assertThat(log.log().usedBytes()).isEqualTo(sim.limits.maxLogBytes());
    assertThat(log.log().shortage()).hasValue("the log space limit is reached");
    int before = log.spaceNotices();
    log.checkpoint(log.log().marks().durable());
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(log.spaceNotices()).as("asked again while nothing was done").isGreaterThan(before);
    retainFrom(20L * MIB);
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(log.log().shortage()).isEmpty();
    long end = write(8);
    assertThat(end).isGreaterThan(40L * MIB);
  }

  /** Nothing is to be written or applied there, so nothing else asks for room. */
  @Test
  void whoBeginsALogThatIsFullOfWhatOthersNeedIsToldToo() throws IOException {
    retainFrom(0);
    write(36);
    sim.kill();
    log =
        TestLog.begin(
            sim.world,
            sim.seams(),
            TestLog.config(sim.limits, false),
            begun -> begun.retainFrom(0));
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(log.log().started().isDone()).isFalse();
    assertThat(log.log().heldBytes()).isPositive();
    int notices = log.spaceNotices();
    assertThat(notices).isPositive();
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(log.spaceNotices()).as("told again").isGreaterThan(notices);
    retainFrom(20L * MIB);
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(log.log().started().isDone()).isTrue();
  }

  @Test
  void aReaderHasItsLogfileUntilItIsDone() throws IOException {
    retainFrom(0);
    write(20);
    Async<ShippedLog.Found> read =
        sim.world.await(() -> {
          Async<ShippedLog.Found> started = log.log().shipped().read(Position.start(0), MIB);
          log.log().retainFrom(Long.MAX_VALUE);
          assertThat(log.log().marks().retained()).isZero();
          return Async.of(started);
        });
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(read.value()).isInstanceOf(ShippedLog.Found.Run.class);
    assertThat(log.log().marks().retained()).isPositive();
  }

  /** What has rotted on the medium tells where bytes come from. */
  @Test
  void whoKeepsUpIsServedFromMemory() throws IOException {
    retainFrom(0);
    write(1);
    assertThat(look(Position.start(0))).isInstanceOf(ShippedLog.Found.Run.class);
    Position next =
        new Position(
            log.log().logfileNumber(), log.log().marks().durable(), log.log().epoch().id());
    long lsn = log.write(0, 4096);
    rot(lsn);
    assertThat(look(next)).isInstanceOf(ShippedLog.Found.Run.class);
    retainFrom(Long.MAX_VALUE);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> look(next));
  }

  @Test
  void whoIsBehindIsServedFromTheMedium() throws IOException {
    retainFrom(0);
    assertThat(look(Position.start(0))).isInstanceOf(ShippedLog.Found.Run.class);
    long first = log.write(0, 4096);
    write(2 * sim.limits.recentBytes() / MIB);
    Position second = new Position(1, first, log.log().epoch().id());
    assertThat(look(second)).isInstanceOf(ShippedLog.Found.Run.class);
    rot(first);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> look(second));
  }

  private void rot(long lsn) {
    long offset = LogfileHeader.BYTES + lsn;
    sim.medium(SimLog.logfile(1)).rot(new Range(offset, offset + 20));
  }
}
