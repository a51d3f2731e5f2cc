package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.ShippedLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.FollowingState;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A primary under load and a secondary that joins, is synced and follows; either crashes time and
 * again, and the secondary's disks have faults. Whenever the secondary says that it is consistent,
 * what it has is a prefix of the primary's order of changes, whatever happens to it; in the end
 * both hold the same.
 */
final class FollowingScenario {

  private static final long PATIENCE_EVENTS = 400_000;
  private static final int SLICE = 40;

  private final Simulation simulation;
  private final SimRandom random;
  private final Machine primary;
  private final Machine secondary;
  private final History history;
  private final Mischief none;
  private final Courier.Bug bug;
  private Life life;
  private Optional<LogStart> start = Optional.empty();
  private List<Long> startBytes = List.of();
  private long needed = Long.MAX_VALUE;
  private Optional<FollowingResource> follower = Optional.empty();
  private Optional<Courier> courier = Optional.empty();
  private boolean opening;
  private boolean claimed;
  private boolean mayClose;
  private boolean draining;
  private int rounds;
  private long checked;

  FollowingScenario(long seed, Courier.Bug bug) {
    this.simulation = new Simulation(seed);
    this.random = simulation.random("following");
    this.bug = bug;
    Machine.Shape shape = Shapes.random(simulation.random("shape")).roomy();
    SimRandom sizing = simulation.random("sizes");
    Sizes sizes = Sizes.growing(shape.cells(), sizing);
    this.primary = new Machine(simulation, "primary", shape, sizes, Wrapping.NONE);
    this.secondary =
        new Machine(simulation, "secondary", shape, sizes.elsewhere(sizing), Wrapping.NONE);
    this.history = new History(shape.cells());
    this.none = new Mischief(primary, history, simulation.random("no mischief"));
    primary.listener(
        new ResourceListener() {
          @Override
          public void begun(ReadableLog log) {
            log.retainFrom(needed);
          }
        });
    this.life = begin();
  }

  /** Runs it; a failure tells what led to it. Gives the hash of all events. */
  long run() {
    try {
      int all = (int) random.between(3, 10);
      for (rounds = 0; rounds < all; rounds++) {
        prepareFaults();
        runFor(random.below(1L << random.between(4, 13)));
        disturb();
      }
      converge();
      return simulation.eventHash();
    } catch (RuntimeException | Error failure) {
      throw new AssertionError(
          "seed %d, round %d, secondary %s: %s"
              .formatted(simulation.seed(), rounds, words(), failure.getMessage()),
          failure);
    }
  }

  private String words() {
    return follower.map(resource -> resource.status().toString()).orElse("not open");
  }

  private Life begin() {
    Load load = Load.random(random, primary.shape().isCached());
    Life next = new Life(primary, history, none, load, false).openUntil(() -> mayClose);
    next.begin();
    return next;
  }

  private void runFor(long events) {
    long left = events;
    while (left > 0) {
      simulation.runSteps(Math.min(left, SLICE));
      left -= SLICE;
      tend();
    }
  }

  /** Looks at everything, and begins what can begin. */
  private void tend() {
    life.check();
    checkSecondary();
    if (life.serving().isEmpty()) {
      return;
    }
    if (start.isEmpty()) {
      join(life.serving().get());
    } else if (follower.isEmpty() && !opening) {
      open();
    } else if (follower.isPresent() && courier.isEmpty() && !isDraining()) {
      connect();
    }
    if (follower.filter(FollowingScenario::isStopped).isPresent()) {
      crashSecondary(false);
    }
  }

  private static boolean isStopped(FollowingResource resource) {
    return resource.status().state() instanceof FollowingState.Stopped;
  }

  private void join(LoggedResource resource) {
    if (!random.chance(0.1)) {
      return;
    }
    Async<ShippedLog.Found> found =
        primary.onOwner(() -> {
          needed = 0;
          resource.readableLog().retainFrom(0);
          startBytes = bytesOf(resource);
          return resource.readableLog().shipped().read(Position.start(0), 1);
        });
    int incarnation = primary.host().incarnation();
    found.observe(
        answer -> {
          if (incarnation == primary.host().incarnation() && start.isEmpty()) {
            long base = answer instanceof ShippedLog.Found.Gone(long oldest) ? oldest : 0;
            for (int volume = 0; volume < startBytes.size(); volume++) {
              secondary.enlargeDevice(volume, startBytes.get(volume));
            }
            start = Optional.of(new LogStart(resource.id(), base));
          }
        },
        cause -> {});
  }

  private static List<Long> bytesOf(LoggedResource resource) {
    return IntStream.range(0, resource.volumeCount())
        .mapToObj(volume -> resource.volume(volume).sizeBytes())
        .toList();
  }

  /** Some time after the volume an operator makes the secondary's device larger. */
  private void enlarge(double chance) {
    for (int volume = 0; volume < secondary.shape().cells().volumes(); volume++) {
      if (random.chance(chance)) {
        secondary.enlargeDevice(volume, primary.sizes().told(volume));
      }
    }
  }

  private void open() {
    opening = true;
    int incarnation = secondary.host().incarnation();
    secondary
        .follow(start.orElseThrow(), startBytes)
        .observe(
            resource -> opened(resource),
            cause -> {
              if (incarnation == secondary.host().incarnation()) {
                notOpened(cause);
              }
            });
  }

  private void opened(FollowingResource resource) {
    follower = Optional.of(resource);
    opening = false;
    if (claimed && !resource.isConsistent()) {
      throw new History.OracleViolation("it was consistent, and is not after a crash");
    }
    draining = random.chance(0.5);
    if (random.chance(0.2)) {
      resource.pauseReplay();
      secondary.host().clock().after(Duration.ofMillis(random.below(500)), resource::resumeReplay);
    }
  }

  private void notOpened(IOException cause) {
    boolean excused = cause.getMessage().contains("Input/output error");
    if (!excused) {
      throw new History.OracleViolation("the secondary does not open: " + cause);
    }
    crashSecondary(false);
  }

  /** Sometimes it must get by with the log it has, before more comes. */
  private boolean isDraining() {
    var marks = follower.orElseThrow().log().marks();
    draining = draining && marks.checkpoint() != marks.durable();
    return draining;
  }

  private void connect() {
    Courier next =
        new Courier(
            new Courier.End<>(secondary, follower.orElseThrow()),
            new Courier.End<>(primary, life.serving().orElseThrow()),
            this::isDurable,
            bug);
    courier = Optional.of(next);
    next.begin();
  }

  private void isDurable(long lsn) {
    needed = Math.max(needed, lsn);
    int incarnation = primary.host().incarnation();
    primary
        .host()
        .owner()
        .execute(() -> {
          if (incarnation == primary.host().incarnation()) {
            life.serving().ifPresent(resource -> resource.readableLog().retainFrom(needed));
          }
        });
  }

  private void checkSecondary() {
    if (follower.isEmpty()) {
      return;
    }
    claimed = follower.get().isConsistent();
    for (int volume = 0; volume < follower.get().volumeCount(); volume++) {
      secondary.sizes().tell(volume, follower.get().volumeBytes(volume));
    }
    var marks = follower.get().log().marks();
    boolean prefix = claimed && marks.checkpoint() == marks.horizon();
    if (prefix && (marks.checkpoint() != checked || random.chance(0.02))) {
      checked = marks.checkpoint();
      history.checkDisks("on a secondary that is consistent", secondary.disks(), false);
    }
  }

  private void prepareFaults() {
    for (int volume = 0; volume < secondary.shape().cells().volumes(); volume++) {
      strike(secondary.disk(volume), Fault.WRITE_ERROR);
      strike(secondary.disk(volume), Fault.SYNC_ERROR);
      strike(secondary.disk(volume), Fault.PUNCH_ERROR);
      strike(secondary.disk(volume), Fault.READ_ERROR);
    }
    for (SimMedium file : secondary.files("")) {
      strike(file, Fault.SYNC_ERROR);
      strike(file, Fault.WRITE_ERROR);
    }
  }

  private void strike(SimMedium medium, Fault fault) {
    medium.faults().chance(fault, random.chance(0.2) ? 0.03 : 0);
  }

  private void heal() {
    for (int volume = 0; volume < secondary.shape().cells().volumes(); volume++) {
      secondary.disk(volume).faults().heal();
    }
    secondary.files("").forEach(file -> file.faults().heal());
  }

  private void disturb() {
    enlarge(0.3);
    if (random.chance(0.4)) {
      crashPrimary(random.chance(0.5));
    }
    if (random.chance(0.6)) {
      crashSecondary(random.chance(0.6));
    } else if (random.chance(0.3)) {
      follower.ifPresent(this::makeDirty);
    }
  }

  private void makeDirty(FollowingResource resource) {
    int volume = random.below(resource.volumeCount());
    RegionSet regions = new RegionSet();
    regions.add(random.below(resource.volumeBytes(volume)), 1 + random.below(200_000));
    secondary
        .host()
        .owner()
        .execute(() -> resource.makeDirty(volume, regions).observe(done -> {}, cause -> {}));
  }

  private void crashPrimary(boolean power) {
    courier.ifPresent(Courier::stop);
    courier = Optional.empty();
    history.crashed(power);
    if (power) {
      primary.host().powerFail();
    } else {
      primary.host().kill();
    }
    life = begin();
  }

  private void crashSecondary(boolean power) {
    checkSecondary();
    courier.ifPresent(Courier::stop);
    courier = Optional.empty();
    if (power) {
      secondary.host().powerFail();
    } else {
      secondary.host().kill();
    }
    follower = Optional.empty();
    opening = false;
  }

  private void converge() {
    heal();
    long limit = simulation.steps() + PATIENCE_EVENTS;
    while (!isConverged()) {
      if (simulation.runSteps(SLICE) == 0 || simulation.steps() > limit) {
        throw new History.OracleViolation("it does not converge; primary " + life.words());
      }
      tend();
      enlarge(1);
    }
    long[] copy = secondary.disks();
    history.checkDisks("in the end, on the secondary", copy, true);
    if (!Arrays.equals(primary.disks(), copy)) {
      throw new History.OracleViolation("the disks differ in the end");
    }
    close();
  }

  private boolean isConverged() {
    if (!life.isWorked() || life.serving().isEmpty() || follower.isEmpty()) {
      return false;
    }
    var source = life.serving().get().status().watermarks();
    var copy = follower.get().status().watermarks();
    return source.checkpoint() == source.appended()
        && copy.checkpoint() == source.appended()
        && follower.get().isConsistent();
  }

  private void close() {
    courier.ifPresent(Courier::stop);
    mayClose = true;
    FollowingResource last = follower.orElseThrow();
    Async<Void> closed = secondary.onOwner(last::close);
    simulation.runUntil(() -> closed.isDone() && life.end().isPresent(), PATIENCE_EVENTS);
    closed
        .failure()
        .ifPresent(cause -> {
          throw new AssertionError("the secondary does not close", cause);
        });
  }
}
