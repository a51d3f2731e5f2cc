package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.RecordFlags;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The host that writes the log: random records at random times, as long as it is to. */
final class ShippingSource implements Log.Listener {

  private static final int PIECE_BYTES = 64 << 10;
  private static final long IDLE_NANOS = 5_000_000;

  /** With its header a log block: block boundaries lie between the pieces of a group. */
  private static final int BLOCK_PIECE_BYTES = LogLimits.BLOCK_BYTES - RecordHeader.BYTES;

  private final SimHost host;
  private final SimRandom random;
  private final LogLimits limits;
  private final int largestGroup;
  private Optional<Log> log = Optional.empty();
  private Optional<UUID> resourceId = Optional.empty();
  private long retainFrom;
  private int actionsLeft;
  private boolean moving;
  private boolean closing;

  ShippingSource(Simulation simulation, LogLimits limits, int largestGroup) {
    this.host = simulation.host("source");
    this.random = simulation.random("source");
    this.limits = limits;
    this.largestGroup = largestGroup;
  }

  SimHost host() {
    return host;
  }

  /** The resource, once it was created. */
  Optional<UUID> resourceId() {
    return resourceId;
  }

  /** Up to where the log is durable, if it is open and quiet. */
  Optional<Long> quietEnd() {
    return log.filter(it -> actionsLeft == 0 && it.started().isDone() && it.isIdle())
        .map(it -> it.marks().durable());
  }

  /** Writes that often from now on. */
  void act(int times) {
    actionsLeft = times;
  }

  /** The follower has everything below. */
  void retain(long lsn) {
    retainFrom = lsn;
    host.owner().execute(() -> log.ifPresent(it -> it.retainFrom(retainFrom)));
  }

  /** Opens the log in the current incarnation. */
  void open() {
    log = Optional.empty();
    moving = false;
    closing = false;
    host.owner().execute(this::openNow);
  }

  private void openNow() {
    LogConfig config = TestLog.config(limits, false);
    Seams seams =
        new Seams(
            host.owner(), host.clock(), host.entropy(), host.directory("log").open(host.owner()));
    LogOpening.open(seams, config, List.of(TestLog.DISK), (entry, lsn) -> {})
        .then(opening -> {
          resourceId = Optional.of(opening.checkpoint().resourceId());
          Log begun = opening.begin(List.of(volume(0)), Optional.empty(), this);
          begun.retainFrom(retainFrom);
          log = Optional.of(begun);
          return begun.started();
        })
        .observe(done -> tick(log.orElseThrow()), ShippingSource::fail);
  }

  private static void fail(IOException cause) {
    throw new AssertionError("the source has no faults", cause);
  }

  private static StateSnapshot.VolumeState volume(int generation) {
    byte[] kept = new byte[generation % 900];
    return new StateSnapshot.VolumeState(
        0, TestLog.VOLUME, TestLog.DISK.sizeBytes(), false, Blob.of(kept));
  }

  private void tick(Log open) {
    if (closing || log.filter(it -> it == open).isEmpty()) {
      return;
    }
    if (actionsLeft > 0 && act()) {
      actionsLeft--;
    }
    // Few events happen while nothing does, so that crashes come when something does.
    long nanos = actionsLeft > 0 ? random.between(1_000, 400_000) : IDLE_NANOS;
    host.clock().after(Duration.ofNanos(nanos), () -> tick(open));
  }

  private boolean act() {
    Log open = log.orElseThrow();
    return switch (random.below(13)) {
      case 0, 1, 2, 3 -> writeSome(open);
      case 4, 5 -> write(open, 1, PIECE_BYTES);
      case 6 -> write(open, random.below(4) + 2, 4096);
      case 7, 8 -> write(open, random.below(5) + 2, BLOCK_PIECE_BYTES);
      case 9 -> write(open, random.below(largestGroup) + 1, PIECE_BYTES);
      case 10 -> changeState(open);
      case 11 -> rotate(open);
      default -> moveCheckpoint(open);
    };
  }

  /** Several small ones, which share blocks and a batch. */
  private boolean writeSome(Log open) {
    boolean written = false;
    for (int i = random.below(6); i >= 0; i--) {
      written |= write(open, 1, (int) random.between(1, 16) * 512);
    }
    return written;
  }

  private boolean write(Log open, int pieces, int bytes) {
    if (!open.admit(pieces * RecordHeader.totalBytes(bytes))) {
      return false;
    }
    for (int i = 0; i < pieces; i++) {
      int flags = i < pieces - 1 ? RecordFlags.ATOMIC_WITH_NEXT : 0;
      long offset = random.below(1000) * 512L;
      open.append(
          new Entry(RecordType.WRITE, flags, 0, offset, bytes), TestLog.payload(offset, bytes));
    }
    if (random.chance(0.6)) {
      open.whenDurable(open.marks().appended(), Completion.of(() -> {}, cause -> {}));
    }
    return true;
  }

  private boolean changeState(Log open) {
    List<StateSnapshot.VolumeState> changed = List.of(volume(random.below(900)));
    if (!open.admit(open.stateBytes(changed))) {
      return false;
    }
    open.changeState(changed);
    return true;
  }

  /** As the verb does: a logfile that holds nothing is not ended. */
  private static boolean rotate(Log open) {
    return open.holdsRecords() && open.rotate();
  }

  private boolean moveCheckpoint(Log open) {
    if (!moving) {
      moving = true;
      long to = open.marks().durable();
      open.moveCheckpoint(to, to, List.of())
          .observe(
              done -> {
                moving = false;
                open.release(to);
              },
              ShippingSource::fail);
    }
    return true;
  }

  /** Closes the log in order and opens it again: a new epoch. */
  void restart() {
    host.owner().execute(() -> log.filter(it -> it.started().isDone()).ifPresent(this::close));
  }

  private void close(Log open) {
    if (!closing) {
      closing = true;
      open.seal();
      closeWhenIdle(open);
    }
  }

  private void closeWhenIdle(Log open) {
    if (open.isIdle() && !moving) {
      log = Optional.empty();
      // Readers are done by then.
      host.clock()
          .after(Duration.ofMillis(2), () -> open.close().observe(done -> open(), c -> fail(c)));
    } else {
      host.clock().after(Duration.ofMillis(1), () -> closeWhenIdle(open));
    }
  }

  /** Answers a follower, on the owner; nothing comes back if the log is not open. */
  void read(Position from, int maxBytes, Consumer<ShippedLog.Found> reply) {
    host.owner()
        .execute(() ->
            log.ifPresent(
                it -> it.shipped().read(from, maxBytes).observe(reply, ShippingSource::fail)));
  }

  @Override
  public void progressed() {}

  @Override
  public void stopped(String reason) {
    throw new AssertionError("the source has no faults: " + reason);
  }
}
