package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimLatency;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The host that receives the log: fetches what there is over a slow wire that now and then flips a
 * bit, applies nothing, and holds what it has against the book whenever it is opened.
 */
final class ShippingTarget implements ReceivedLog.Listener {

  private static final Duration PATIENCE = Duration.ofMillis(20);
  private static final int MAX_UNDER_WAY = 3;

  /**
   * How it behaves.
   *
   * @param bitFlips how often shipped bytes are damaged on the wire
   * @param runBytes what it asks for at a time
   * @param latency of its logfiles: the longer, the more a crash tears
   */
  record Habits(double bitFlips, int runBytes, SimLatency latency) {}

  private final Simulation simulation;
  private final SimHost host;
  private final SimRandom random;
  private final LogLimits limits;
  private final ShippingSource source;
  private final ShippingBook book;
  private final Habits habits;
  private final NavigableSet<Long> boundaries = new TreeSet<>();
  private final List<Long> told = new ArrayList<>();
  private Optional<ReceivedLog> log = Optional.empty();
  private boolean exists;
  private boolean damaged;
  private boolean refused;
  private boolean moving;
  private long acknowledgedLsn;
  private long openings;
  private long question;
  private int underWay;
  private int flipped;
  private int runs;
  private long soundLsn;

  ShippingTarget(
      Simulation simulation,
      LogLimits limits,
      ShippingSource source,
      ShippingBook book,
      Habits habits) {
    this.simulation = simulation;
    this.host = simulation.host("target");
    this.random = simulation.random("target");
    this.limits = limits;
    this.source = source;
    this.book = book;
    this.habits = habits;
  }

  SimHost host() {
    return host;
  }

  SimDirectory directory() {
    return host.directory("log");
  }

  /** Its disk has lost or changed something that it had said to be durable. */
  void damage() {
    damaged = true;
  }

  boolean isDamaged() {
    return damaged;
  }

  /** Whether damage made a refusal right. */
  boolean isRefused() {
    return refused;
  }

  long acknowledgedLsn() {
    return acknowledgedLsn;
  }

  int runs() {
    return runs;
  }

  int flipped() {
    return flipped;
  }

  Optional<ReceivedLog> log() {
    return log;
  }

  /** Opens the log in the current incarnation, as soon as there is a resource. */
  void open() {
    log = Optional.empty();
    moving = false;
    underWay = 0;
    question++;
    SimOwner owner = host.owner();
    owner.execute(() -> openNow(false));
  }

  private void openLater() {
    host.clock().after(PATIENCE, () -> openNow(false));
  }

  private void openNow(boolean acceptLoss) {
    if (source.resourceId().isEmpty()) {
      openLater();
      return;
    }
    told.clear();
    opening(acceptLoss).observe(this::opened, this::notOpened);
  }

  private Async<LogOpening> opening(boolean acceptLoss) {
    LogConfig config = TestLog.config(limits, acceptLoss);
    Seams seams =
        new Seams(host.owner(), host.clock(), host.entropy(), directory().open(host.owner()));
    RecoveredChange recovered = (entry, lsn) -> told.add(lsn);
    return exists
        ? LogOpening.openReceived(seams, config, List.of(TestLog.DISK), recovered)
        : LogOpening.join(
            seams,
            config,
            new LogStart(source.resourceId().orElseThrow(), 0),
            List.of(TestLog.DISK),
            recovered);
  }

  private void notOpened(IOException cause) {
    if (!(cause instanceof LogDamage damage)) {
      openLater();
      return;
    }
    if (!damaged) {
      throw new AssertionError("nothing excuses this refusal", damage);
    }
    if (damage.code() == LogDamage.Code.LOG_DAMAGED && random.chance(0.8)) {
      openNow(true);
    } else {
      refused = true;
    }
  }

  private void opened(LogOpening opening) {
    openings++;
    exists = true;
    ReceivedLog open = opening.receive(this);
    soundLsn = opening.soundLsn();
    log = Optional.of(open);
    directory().files().forEach(file -> directory().medium(file).latency(habits.latency()));
    check(open);
    ask();
  }

  /** What was recovered is a part of what was shipped, and all of what was acknowledged. */
  private void check(ReceivedLog open) {
    long end = open.marks().durable();
    if (damaged) {
      acknowledgedLsn = Math.min(acknowledgedLsn, end);
    }
    assertThat(end).as("recovered end").isGreaterThanOrEqualTo(acknowledgedLsn);
    assertThat(open.next().lsn()).isEqualTo(end);
    boundaries.tailSet(end, false).clear();
    List<Long> expected =
        List.copyOf(book.changes().subSet(open.marks().checkpoint(), Math.max(end, 0)));
    assertThat(told).as("changes found").isEqualTo(expected);
    checkBytes(open);
    acknowledgedLsn = end;
  }

  /** Every logfile that is there, byte for byte. */
  void checkBytes(ReceivedLog open) {
    long lsn = open.marks().durable();
    while (lsn > 0 && open.find(lsn - 1).isPresent()) {
      Logfile file = open.find(lsn - 1).get();
      if (file.baseLsn() < soundLsn) {
        return; // damaged history, which the disks have
      }
      byte[] bytes =
          directory()
              .medium(file.name())
              .peek(new Range(0, LogfileHeader.BYTES + lsn - file.baseLsn()));
      book.check(
          file.number(),
          Arrays.copyOf(bytes, LogfileHeader.BYTES),
          Arrays.copyOfRange(bytes, LogfileHeader.BYTES, bytes.length));
      lsn = file.baseLsn();
    }
  }

  /** Asks for what comes next, and again if no answer comes. */
  private void ask() {
    ReceivedLog open = log.orElseThrow();
    if (open.stopReason().isPresent()) {
      return;
    }
    long asked = ++question;
    SimOwner owner = host.owner();
    Position from = open.next();
    wire(() ->
        source.read(
            from,
            habits.runBytes(),
            found -> {
              if (found instanceof ShippedLog.Found.Run run) {
                book.shipped(run, source.host().directory("log"));
              }
              wire(() -> owner.execute(() -> answered(asked, found)));
            }));
    host.clock().after(PATIENCE, () -> askAgain(asked));
  }

  private void wire(Runnable message) {
    simulation.schedule(Duration.ofNanos(random.between(1_000, 200_000)), "wire", message);
  }

  private void askAgain(long asked) {
    if (asked == question && log.isPresent()) {
      ask();
    }
  }

  private void answered(long asked, ShippedLog.Found found) {
    if (asked != question || log.isEmpty()) {
      return;
    }
    switch (found) {
      case ShippedLog.Found.Run run -> take(run);
      case ShippedLog.Found.Nothing nothing -> {
        // asked again when patience ends
      }
      case ShippedLog.Found.Gone gone -> {
        // What was acknowledged was not kept for us any longer, and then the disk lost it.
        assertThat(damaged).as(gone + " though it was retained").isTrue();
        refused = true;
      }
      case ShippedLog.Found.Ahead ahead -> throw new AssertionError(ahead + " of an honest source");
      case ShippedLog.Found.Diverged other -> throw new AssertionError(other.reason());
    }
  }

  private void take(ShippedLog.Found.Run run) {
    if (random.chance(habits.bitFlips())) {
      takeDamaged(run);
      ask();
      return;
    }
    ReceivedLog open = log.orElseThrow();
    run.header().ifPresent(block -> succeeded(open.begin(block)));
    long end = run.position().lsn() + run.bytes().remaining();
    underWay++;
    Async<Void> received = open.receive(run.position().lsn(), run.bytes());
    received.observe(
        done -> {
          underWay--;
          runs++;
          assertThat(open.marks().durable()).isGreaterThanOrEqualTo(end);
          acknowledgedLsn = Math.max(acknowledgedLsn, end);
          boundaries.add(end);
          source.retain(acknowledgedLsn);
          maybeMoveCheckpoint(open);
        },
        cause -> {
          if (cause instanceof FetchRefusal) {
            throw new AssertionError("sound bytes are refused", cause);
          }
          underWay--;
        });
    if (underWay < MAX_UNDER_WAY && open.stopReason().isEmpty()) {
      ask();
    }
  }

  private static void succeeded(Async<Void> outcome) {
    outcome
        .failure()
        .ifPresent(cause -> {
          throw new AssertionError("a sound header is refused", cause);
        });
  }

  /** One bit is wrong: it must be noticed before anything counts. */
  private void takeDamaged(ShippedLog.Found.Run run) {
    ReceivedLog open = log.orElseThrow();
    Position before = open.next();
    long durable = open.marks().durable();
    boolean inHeader = run.header().isPresent() && random.chance(0.5);
    if (run.header().isPresent()) {
      ByteBuffer block = run.header().get();
      Async<Void> begun = open.begin(inHeader ? flip(block) : block);
      assertThat(begun.failure().isPresent()).as("a damaged header is refused").isEqualTo(inHeader);
    }
    if (!inHeader) {
      Async<Void> outcome = open.receive(run.position().lsn(), flip(run.bytes()));
      assertThat(outcome.failure().orElseThrow()).isInstanceOf(FetchRefusal.class);
    }
    flipped++;
    assertThat(open.next()).isEqualTo(before);
    assertThat(open.marks().durable()).isEqualTo(durable);
  }

  private ByteBuffer flip(ByteBuffer sound) {
    ByteBuffer copy = ByteBuffer.allocate(sound.remaining());
    copy.put(0, sound, sound.position(), sound.remaining());
    int at = random.below(copy.capacity());
    return copy.put(at, (byte) (copy.get(at) ^ 1 << random.below(Byte.SIZE)));
  }

  /** As if an Applier had run. */
  private void maybeMoveCheckpoint(ReceivedLog open) {
    if (moving || !random.chance(0.2)) {
      return;
    }
    Watermarks marks = open.marks();
    List<Long> horizons =
        List.copyOf(boundaries.subSet(marks.horizon(), true, marks.durable(), true));
    if (horizons.isEmpty()) {
      return;
    }
    long horizon = horizons.get(random.below(horizons.size()));
    List<Long> checkpoints =
        List.copyOf(boundaries.subSet(marks.checkpoint(), true, horizon, true));
    long checkpoint =
        checkpoints.isEmpty()
            ? marks.checkpoint()
            : checkpoints.get(random.below(checkpoints.size()));
    moving = true;
    open.moveCheckpoint(checkpoint, horizon, List.of())
        .observe(
            done -> {
              moving = false;
              open.release(checkpoint);
            },
            cause -> moving = false);
  }

  @Override
  public void changed(Entry entry, long lsn) {
    ReceivedLog open = log.orElseThrow();
    assertThat(lsn).as("told when durable").isLessThan(open.marks().durable());
    assertThat(told.isEmpty() ? -1 : told.getLast()).as("in log order").isLessThan(lsn);
    told.add(lsn);
  }

  @Override
  public void stateChanged(StateSnapshot state) {
    assertThat(log.orElseThrow().state()).contains(state);
  }

  @Override
  public void progressed() {}

  /** The log is closed and opened again, in the same process. */
  @Override
  public void stopped(String reason) {
    ReceivedLog open = log.orElseThrow();
    question++;
    host.clock()
        .after(
            PATIENCE,
            () -> {
              if (!moving) {
                log = Optional.empty();
                open.close().observe(done -> openNow(false), cause -> openLater());
              } else {
                stopped(reason);
              }
            });
  }

  /** How often it was opened. */
  long openings() {
    return openings;
  }
}
