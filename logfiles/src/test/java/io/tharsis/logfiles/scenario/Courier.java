package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ShippedLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.volume.ContentStamp;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.FollowingState;
import io.tharsis.logfiles.volume.Hold;
import io.tharsis.logfiles.volume.LoggedResource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Brings log and contents from one life of a primary to one life of a secondary, as two nodes do
 * that talk to each other; every call is a message between their owners. Ends with either life.
 */
final class Courier {

  /** What it does wrong on purpose. */
  enum Bug {
    NONE,
    /** The range is not held while its content is on its way. */
    NO_HOLD,
    /** A content is called older than it is. */
    OLD_STAMP
  }

  private static final int CHUNK_BYTES = 64 << 10;
  private static final int WORKERS = 2;
  private static final Duration IDLE = Duration.ofMillis(1);
  private static final Duration RETRY = Duration.ofMillis(50);

  private final Machine here;
  private final Machine there;
  private final FollowingResource follower;
  private final LoggedResource primary;
  private final LongConsumer durable;
  private final Bug bug;
  private final SimRandom random;
  private final SimOwner owner;
  private final List<Hold> holds = new ArrayList<>();
  private final List<Place> working = new ArrayList<>();
  private boolean stopped;

  private record Place(int volume, Range range) {}

  /** Somebody's end of the courier's way. */
  record End<R>(Machine machine, R resource) {}

  /** {@code durable} is told how far the log is durable at the secondary. */
  Courier(
      End<FollowingResource> secondary,
      End<LoggedResource> primary,
      LongConsumer durable,
      Bug bug) {
    this.here = secondary.machine();
    this.there = primary.machine();
    this.follower = secondary.resource();
    this.primary = primary.resource();
    this.durable = durable;
    this.bug = bug;
    this.owner = here.host().owner();
    this.random =
        here.simulation()
            .random("courier " + here.host().incarnation() + "-" + there.host().incarnation());
  }

  void begin() {
    owner.execute(this::fetch);
    for (int i = 0; i < WORKERS; i++) {
      owner.execute(this::syncNext);
    }
  }

  /** Nothing more is carried; holds are given back. */
  void stop() {
    stopped = true;
    owner.execute(() -> {
      List<Hold> left = List.copyOf(holds);
      holds.clear();
      left.forEach(Hold::release);
    });
  }

  private boolean isOver() {
    return stopped || !(follower.status().state() instanceof FollowingState.Following);
  }

  private void after(Duration time, Runnable message) {
    here.host().clock().after(time, message);
  }

  /** Asks the primary; its answer comes back as a message. */
  private <T> void ask(
      Function<LoggedResource, Async<T>> question,
      Consumer<T> answer,
      Consumer<IOException> failure) {
    SimOwner remote = there.host().owner();
    remote.execute(() ->
        question
            .apply(primary)
            .observe(
                value -> owner.execute(() -> answer.accept(value)),
                cause -> owner.execute(() -> failure.accept(cause))));
  }

  private void fetch() {
    if (isOver()) {
      return;
    }
    Position from = follower.log().next();
    int bytes = 4096 << random.below(8);
    ask(
        resource -> resource.readableLog().shipped().read(from, bytes),
        this::fetched,
        cause -> after(RETRY, this::fetch));
  }

  private void fetched(ShippedLog.Found found) {
    if (isOver()) {
      return;
    }
    switch (found) {
      case ShippedLog.Found.Run run -> receive(run);
      case ShippedLog.Found.Nothing nothing -> after(IDLE, this::fetch);
      case ShippedLog.Found.Gone gone -> wrong(found);
      case ShippedLog.Found.Ahead ahead -> wrong(found);
      case ShippedLog.Found.Diverged diverged -> wrong(found);
    }
  }

  private void wrong(ShippedLog.Found found) {
    throw new History.OracleViolation("at " + follower.log().next() + " the primary says " + found);
  }

  private void receive(ShippedLog.Found.Run run) {
    Async<Void> begun = run.header().map(follower.log()::begin).orElseGet(Async::done);
    begun
        .then(done -> follower.log().receive(run.position().lsn(), run.bytes()))
        .observe(
            done -> {
              durable.accept(follower.log().marks().durable());
              fetch();
            },
            cause -> after(RETRY, this::fetch));
  }

  private void syncNext() {
    if (isOver()) {
      return;
    }
    Optional<Place> place = choose();
    if (place.isEmpty()) {
      after(IDLE, this::syncNext);
      return;
    }
    working.add(place.get());
    follower
        .hold(place.get().volume(), place.get().range())
        .observe(hold -> request(place.get(), hold), cause -> ended(place.get()));
  }

  private Optional<Place> choose() {
    int first = random.below(follower.volumeCount());
    for (int i = 0; i < follower.volumeCount(); i++) {
      int volume = (first + i) % follower.volumeCount();
      long offset = random.chance(0.5) ? 0 : random.below(follower.volumeBytes(volume));
      long bytes = CHUNK_BYTES * random.between(1, 5);
      Optional<Place> place =
          follower.dirty().next(volume, offset, bytes).map(range -> new Place(volume, range));
      if (place.isPresent() && working.stream().noneMatch(other -> overlap(other, place.get()))) {
        return place;
      }
    }
    return Optional.empty();
  }

  private static boolean overlap(Place a, Place b) {
    return a.volume() == b.volume()
        && a.range().from() < b.range().to()
        && b.range().from() < a.range().to();
  }

  private void request(Place place, Hold hold) {
    if (isOver()) {
      hold.release();
      return;
    }
    holds.add(hold);
    if (bug == Bug.NO_HOLD) {
      release(hold);
    }
    ByteBuffer content = ByteBuffer.allocateDirect((int) place.range().lengthBytes());
    ask(
        resource -> resource.readStamped(place.volume(), place.range().from(), content),
        stamp -> deliver(place, hold, content, stamp),
        cause -> {
          release(hold);
          after(RETRY, () -> ended(place));
        });
  }

  private void deliver(Place place, Hold hold, ByteBuffer content, ContentStamp stamp) {
    if (stamp.fromLsn() < hold.checkpointLsn()) {
      throw new History.OracleViolation("the content is older than the disk: " + stamp);
    }
    switch (bug) {
      case NONE -> put(hold, content, stamp.toLsn());
      case OLD_STAMP -> put(hold, content, hold.checkpointLsn());
      case NO_HOLD ->
          after(
              Duration.ofNanos(random.below(20_000_000)),
              () -> putLate(place, content, stamp.toLsn()));
    }
  }

  private void putLate(Place place, ByteBuffer content, long lsn) {
    follower
        .hold(place.volume(), place.range())
        .observe(
            late -> {
              holds.add(late);
              put(late, content, Math.max(lsn, late.checkpointLsn()));
            },
            cause -> ended(place));
  }

  private void put(Hold hold, ByteBuffer content, long lsn) {
    if (!holds.contains(hold)) {
      return; // the courier was stopped
    }
    Stamp stamp = new Stamp(lsn, new UUID(1, 1));
    Async<Void> put;
    if (isZero(content) && random.chance(0.7)) {
      put = follower.putZeros(hold, stamp);
    } else if (random.chance(0.3)) {
      put = putIfDifferent(hold, content, stamp);
    } else {
      put = follower.put(hold, content, stamp);
    }
    put.observe(
        done -> {
          release(hold);
          ended(new Place(hold.volume(), hold.range()));
        },
        cause -> {
          release(hold);
          after(RETRY, () -> ended(new Place(hold.volume(), hold.range())));
        });
  }

  private Async<Void> putIfDifferent(Hold hold, ByteBuffer content, Stamp stamp) {
    ByteBuffer own = ByteBuffer.allocateDirect(content.remaining());
    return follower
        .readDisk(hold.volume(), hold.range().from(), own)
        .then(done ->
            !holds.contains(hold)
                ? Async.failed(new IOException("stopped"))
                : own.equals(content)
                    ? follower.confirm(hold, stamp)
                    : follower.put(hold, content, stamp));
  }

  private static boolean isZero(ByteBuffer content) {
    for (int i = 0; i < content.limit(); i += Long.BYTES) {
      if (content.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private void release(Hold hold) {
    if (holds.remove(hold)) {
      hold.release();
    }
  }

  private void ended(Place place) {
    working.remove(place);
    syncNext();
  }
}
