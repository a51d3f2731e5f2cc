package io.tharsis.replication.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.LogMessage.DurableAt;
import io.tharsis.replication.wire.LogMessage.FetchFrom;
import io.tharsis.replication.wire.LogMessage.LogRun;
import io.tharsis.replication.wire.LogMessage.Progress;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One link over which log is asked for. */
class ShipmentTest {

  private static final FetchLimits LIMITS =
      new FetchLimits(
          1 << 20, 64 << 10, Duration.ofSeconds(12), Duration.ofMillis(1), Duration.ofSeconds(1));
  private static final long MUCH = 64 << 20;

  private final SourceLog source;
  private final Shipment shipment;
  private final ScriptedLink link;
  private final List<String> told = new ArrayList<>();

  ShipmentTest() throws IOException {
    source = new SourceLog(41);
    shipment = new Shipment(source.log(), LIMITS, Codec.LZ4, sending(), new Listener());
    link = new ScriptedLink(LinkClass.LOG, shipment);
    act(link::open);
    assertThat(told).containsExactly("begun");
    told.clear();
  }

  private Shipment.Sending sending() {
    return new Shipment.Sending(source.world().clock(), () -> 77, Allowance.UNLIMITED);
  }

  private final class Listener implements Shipment.Listener {
    @Override
    public void begun(Shipment which) {
      told.add("begun");
    }

    @Override
    public void progressed(UUID member, Progress said) {
      assertThat(member).isEqualTo(ScriptedLink.PEER);
      told.add("durable " + said.durableLsn() + " applied " + said.checkpointLsn());
    }

    @Override
    public void ahead(UUID member, long lsn) {
      told.add("ahead " + lsn);
    }

    @Override
    public void unreadable(IOException cause) {
      told.add("unreadable");
    }

    @Override
    public void ended(Shipment which) {
      told.add("ended");
    }
  }

  /** Does something, and lets all that follows at once happen. */
  private void act(Runnable action) throws IOException {
    source.on(() -> {
      action.run();
      return true;
    });
    source.world().simulation().runFor(Duration.ofMillis(100));
  }

  private void say(Message message) throws IOException {
    act(() -> link.say(message));
  }

  private void fetch(long creditBytes) throws IOException {
    say(new FetchFrom(Position.start(0), creditBytes));
  }

  private static long bytes(List<Message> messages) {
    return messages.stream()
        .mapToLong(message -> message instanceof LogRun run ? run.payload().plainBytes() : 0)
        .sum();
  }

  private long durable() {
    return source.log().marks().durable();
  }

  @Test
  void everythingDurableIsShippedAndThenHowFarThatIs() throws IOException {
    source.write(300);
    fetch(MUCH);
    List<Message> sent = link.take();
    assertThat(bytes(sent)).isEqualTo(durable());
    assertThat(sent.getFirst())
        .isInstanceOfSatisfying(LogRun.class, run -> assertThat(run.headerBlock()).isPresent());
    assertThat(sent.getLast()).isEqualTo(new DurableAt(durable(), 77));
  }

  @Test
  void whatBecomesDurableLaterFollows() throws IOException {
    source.write(4);
    fetch(MUCH);
    link.take();
    long before = durable();
    source.write(64);
    act(shipment::durableMoved);
    assertThat(bytes(link.take())).isEqualTo(durable() - before);
  }

  @Test
  void nothingIsShippedBeyondTheCredit() throws IOException {
    source.write(640);
    fetch(100 << 10);
    long first = bytes(link.take());
    assertThat(first).isBetween(100L << 10, 240L << 10);
    act(shipment::durableMoved);
    assertThat(bytes(link.take())).isZero();
    say(new Progress(0, 0, MUCH, true));
    assertThat(first + bytes(link.take())).isEqualTo(durable());
  }

  @Test
  void aRunLongerThanTheCreditLeavesADebt() throws IOException {
    source.write(640);
    fetch(100 << 10);
    long debt = bytes(link.take()) - (100 << 10);
    assertThat(debt).isPositive();
    say(new Progress(0, 0, 0, true));
    say(new Progress(0, 0, debt, true));
    assertThat(link.take()).as("neither more log nor an end").isEmpty();
    say(new Progress(0, 0, 1, true));
    assertThat(bytes(link.take())).isPositive();
  }

  @Test
  void withoutRoomItWaits() throws IOException {
    source.write(300);
    act(() -> link.room(false));
    fetch(MUCH);
    assertThat(link.take()).isEmpty();
    act(() -> link.room(true));
    assertThat(bytes(link.take())).isEqualTo(durable());
  }

  @Test
  void everySecondItSaysHowFarItIs() throws IOException {
    source.write(4);
    fetch(MUCH);
    link.take();
    source.world().simulation().runFor(Duration.ofSeconds(5));
    assertThat(link.take()).hasSize(5).containsOnly(new DurableAt(durable(), 77));
  }

  @Test
  void aLargeRunTravelsInPieces() throws IOException {
    source.write(2500);
    FetchLimits largeRuns =
        new FetchLimits(
            8 << 20, 4 << 20, LIMITS.silence(), LIMITS.backOff(), LIMITS.longestBackOff());
    Shipment large = new Shipment(source.log(), largeRuns, Codec.LZ4, sending(), new Listener());
    ScriptedLink link = new ScriptedLink(LinkClass.LOG, large);
    act(link::open);
    act(() -> link.say(new FetchFrom(Position.start(0), MUCH)));
    List<LogRun> pieces =
        link.take().stream().filter(LogRun.class::isInstance).map(LogRun.class::cast).toList();
    assertThat(pieces).extracting(LogRun::last).containsExactly(false, false, true);
    assertThat(pieces)
        .allMatch(piece -> piece.payload().plainBytes() <= Wire.MAX_BULK_BYTES)
        .extracting(piece -> piece.position().lsn() + piece.payload().plainBytes())
        .containsExactly(pieces.get(1).position().lsn(), pieces.get(2).position().lsn(), durable());
  }

  @Test
  void anotherHistoryIsRefusedAndWhatItsOwnerSaysDoesNotCount() throws IOException {
    source.write(64);
    say(new FetchFrom(new Position(1, 4096, new UUID(6, 6)), MUCH));
    say(new Progress(durable() + 4096, 0, 0, true));
    say(new Progress(4096, 4096, 0, true));
    assertThat(link.take()).hasSize(1).first().isInstanceOf(LogMessage.Diverged.class);
    assertThat(told).isEmpty();
  }

  @Test
  void whatAMemberSaidEarlyCountsOnceItsLogIsKnown() throws IOException {
    source.write(64);
    act(() -> link.room(false));
    fetch(MUCH);
    say(new Progress(0, 0, 0, true));
    assertThat(told).isEmpty();
    act(() -> link.room(true));
    assertThat(told).containsExactly("durable 0 applied 0");
    say(new Progress(durable(), 4096, 0, true));
    assertThat(told).endsWith("durable " + durable() + " applied 4096");
  }

  @Test
  void aMemberThatHasMoreThanIsDurableHereIsTold() throws IOException {
    source.write(4);
    say(new FetchFrom(new Position(1, durable() + (1 << 20), source.epochId()), MUCH));
    assertThat(told).containsExactly("ahead " + (durable() + (1 << 20)));
    assertThat(link.take()).containsExactly(new DurableAt(durable(), 77));
  }

  @Test
  void whatIsNoLongerThereIsGone() throws IOException {
    for (int i = 0; i < 4; i++) {
      source.write(8 << 10);
      source.apply();
    }
    long retained = source.log().marks().retained();
    assertThat(retained).isPositive();
    fetch(MUCH);
    assertThat(link.take()).containsExactly(new LogMessage.Gone(retained));
    assertThat(shipment.cursor()).isEmpty();
  }

  /** More than is kept in memory, so that it is read from the file. */
  private SimMedium written() throws IOException {
    source.write(6 << 10);
    SimDirectory log = source.world().host().directory("store");
    return log.medium(
        log.files().stream().filter(name -> name.startsWith("log-")).findFirst().orElseThrow());
  }

  @Test
  void whatIsReadWronglyIsReadAgain() throws IOException {
    SimMedium file = written();
    while (!told.contains("unreadable")) {
      // the bit may be one of those between records
      file.faults().next(Fault.ROTTEN_READ);
      fetch(MUCH);
      assertThat(bytes(link.take())).isEqualTo(durable());
    }
  }

  /** The copy of who needs it may be the only one of what it says. */
  @Test
  void whatIsRottenAndNotOnTheDiskIsNotSaidToBeGone() throws IOException {
    written().rot(new Range(2 << 20, (2 << 20) + 64));
    fetch(MUCH);
    List<Message> said = link.take();
    assertThat(bytes(said)).isBetween(1L << 20, 2L << 20);
    assertThat(said).noneMatch(LogMessage.Gone.class::isInstance);
    assertThat(told).contains("unreadable", "ended");
  }

  @Test
  void whatIsRottenAndOnTheDiskIsGone() throws IOException {
    written().rot(new Range(2 << 20, (2 << 20) + 64));
    source.apply();
    fetch(MUCH);
    List<Message> said = link.take();
    assertThat(bytes(said)).isBetween(1L << 20, 2L << 20);
    assertThat(said.getLast())
        .isEqualTo(new LogMessage.Gone(source.log().shipped().newestBase().orElseThrow()));
    assertThat(told).contains("unreadable");
  }

  @Test
  void aNewBeginningOnTheSameLinkCounts() throws IOException {
    source.write(64);
    fetch(MUCH);
    long all = bytes(link.take());
    fetch(MUCH);
    assertThat(bytes(link.take())).isEqualTo(all);
  }

  @Test
  void moreCreditThanCanBeEndsIt() throws IOException {
    fetch(Shipment.MOST_CREDIT_BYTES + 1);
    assertThat(link.closed()).isPresent();
    assertThat(told).containsExactly("ended");
  }

  @Test
  void whatOnlyASourceSaysEndsIt() throws IOException {
    say(
        new LogRun(
            Position.start(0), true, Optional.empty(), Payload.plain(ByteBuffer.allocate(8))));
    assertThat(link.closed()).isPresent();
  }

  @Test
  void itEndsOnceAndOnlyWhenNoReadIsUnderWay() throws IOException {
    source.write(300);
    source.on(() -> {
      link.say(new FetchFrom(Position.start(0), MUCH));
      link.cut();
      assertThat(told).as("a read is under way").isEmpty();
      return true;
    });
    source.world().simulation().runFor(Duration.ofMillis(100));
    assertThat(told).containsExactly("ended");
    assertThat(link.sent()).isEmpty();
  }

  @Test
  void stoppedItShipsNothing() throws IOException {
    act(() -> shipment.stop("enough"));
    assertThat(link.closed()).contains("enough");
    assertThat(told).containsExactly("ended");
  }
}
