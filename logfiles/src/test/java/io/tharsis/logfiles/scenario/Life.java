package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One incarnation of a resource: it is opened, everything is read and judged, an initiator works,
 * and it is closed. It goes on by itself as the simulation runs, and may be crashed anywhere.
 */
final class Life {

  /** How a life ended, if it was not cut short. */
  sealed interface End {
    /** Closed in order. */
    record Closed() implements End {}

    /** It could not be opened at the moment. */
    record NotOpened(IOException cause) implements End {}

    /** It must not be opened; some trouble excuses that. */
    record Refused(LogDamage damage) implements End {}

    /** Damaged log could not be read or applied; some trouble excuses that. */
    record Unreadable() implements End {}
  }

  private static final int CHUNK_BLOCKS = 256;
  private static final int READ_ATTEMPTS = 100;
  private static final Duration POLL = Duration.ofMillis(100);

  private final Machine machine;
  private final History history;
  private final Mischief mischief;
  private final Load load;
  private final boolean catchUp;
  private final long[] observed;
  private Optional<End> end = Optional.empty();
  private Optional<LoggedResource> open = Optional.empty();
  private boolean settled;
  private boolean worked;
  private boolean closing;
  private BooleanSupplier mayClose = () -> true;
  private boolean leaving;
  private Optional<Initiator> initiator = Optional.empty();

  /** {@code catchUp} says whether to wait before closing until the disks have everything. */
  Life(Machine machine, History history, Mischief mischief, Load load, boolean catchUp) {
    this.machine = machine;
    this.history = history;
    this.mischief = mischief;
    this.load = load;
    this.catchUp = catchUp;
    this.observed = new long[history.cells().count()];
  }

  /** How it ended, once it has. */
  Optional<End> end() {
    return end;
  }

  /** Whether what was recovered has been judged. */
  boolean isSettled() {
    return settled;
  }

  /** It closes only when this says so too. */
  Life openUntil(BooleanSupplier allowed) {
    mayClose = allowed;
    return this;
  }

  /** The resource, as long as it serves. */
  Optional<LoggedResource> serving() {
    return open.filter(resource -> settled && !closing && !leaving);
  }

  /** Whether the initiator has all its answers. */
  boolean isWorked() {
    return worked;
  }

  void begin() {
    machine.open().observe(this::opened, this::notOpened);
  }

  /** The same with a resource that has become this machine's without being opened. */
  void adopt(LoggedResource resource) {
    opened(resource);
  }

  /** Another member writes it from now on: what is asked for here is done there. */
  void leave() {
    leaving = true;
    initiator.ifPresent(Initiator::stop);
  }

  private void notOpened(IOException cause) {
    if (cause instanceof LogDamage damage) {
      if (!mischief.excuses(damage.code())) {
        throw new History.OracleViolation(
            "opening is refused for no reason: " + damage.getMessage());
      }
      end = Optional.of(new End.Refused(damage));
    } else if (mischief.excusesFailedOpening()) {
      end = Optional.of(new End.NotOpened(cause));
    } else {
      throw new History.OracleViolation("opening fails for no reason: " + cause);
    }
  }

  private void opened(LoggedResource resource) {
    open = Optional.of(resource);
    List<Chunk> chunks = new ArrayList<>();
    for (int volume = 0; volume < resource.volumeCount(); volume++) {
      long bytes = resource.volume(volume).sizeBytes();
      if (!mischief.isDamaged()) {
        machine.sizes().check(volume, bytes);
      }
      int blocks = Math.toIntExact(bytes / Stamp.BYTES);
      for (int block = 0; block < blocks; block += CHUNK_BLOCKS) {
        chunks.add(new Chunk(volume, block, Math.min(CHUNK_BLOCKS, blocks - block)));
      }
      observed[history.cells().state(volume)] = stateVersion(resource, volume);
    }
    Async.forEach(chunks, chunk -> readAll(resource, chunk))
        .observe(done -> judged(resource), cause -> end = Optional.of(new End.Unreadable()));
  }

  private record Chunk(int volume, int block, int blocks) {}

  private static long stateVersion(LoggedResource resource, int volume) {
    byte[] bytes = resource.scsiState(volume).toByteArray();
    return bytes.length == 0 ? 0 : ByteBuffer.wrap(bytes).getLong();
  }

  private Async<Void> readAll(LoggedResource resource, Chunk chunk) {
    int[] attempts = {0};
    return Async.<Boolean>repeat(
            () -> {
              if (++attempts[0] > READ_ATTEMPTS) {
                return Async.failed(new IOException("cannot be read"));
              }
              return read(resource.volume(chunk.volume()), chunk);
            })
        .map(done -> null);
  }

  private Async<Optional<Boolean>> read(Volume volume, Chunk chunk) {
    Async<Optional<Boolean>> result = new Async<>();
    ByteBuffer into = ByteBuffer.allocateDirect(chunk.blocks() * Stamp.BYTES);
    int from = history.cells().first(chunk.volume()) + chunk.block();
    volume.read(
        (long) chunk.block() * Stamp.BYTES,
        into,
        new VolumeCompletion() {
          @Override
          public void succeeded() {
            System.arraycopy(Initiator.versions(into, from), 0, observed, from, chunk.blocks());
            result.succeed(Optional.of(true));
          }

          @Override
          public void failed(VolumeFault fault) {
            if (!mischief.excuses(fault)) {
              throw new History.OracleViolation("a read after opening fails: " + fault);
            }
            result.succeed(Optional.empty());
          }
        });
    return result;
  }

  private void judged(LoggedResource resource) {
    history.settle(observed);
    settled = true;
    Initiator working = new Initiator(machine, history, resource, this::isExcused, load);
    initiator = Optional.of(working);
    working.work().observe(done -> worked(resource), this::unexpected);
  }

  private boolean isExcused(VolumeFault fault) {
    return mischief.excuses(fault)
        || (closing && fault == VolumeFault.NOT_READY)
        || (leaving && fault == VolumeFault.MOVED);
  }

  private void worked(LoggedResource resource) {
    worked = true;
    if (leaving) {
      return;
    }
    ResourceStatus.Marks marks = resource.status().watermarks();
    boolean behind = catchUp && marks.checkpoint() != marks.durable();
    if (behind || !mayClose.getAsBoolean()) {
      machine.host().clock().after(POLL, () -> worked(resource));
      return;
    }
    closing = true;
    resource.close().observe(done -> closed(resource), this::unexpected);
  }

  private void closed(LoggedResource resource) {
    if (end.isPresent()) {
      return;
    }
    ResourceStatus.Marks marks = resource.status().watermarks();
    if (marks.checkpoint() == marks.durable()) {
      check(resource);
      boolean complete = marks.durable() == marks.appended();
      history.checkDisks("after closing", machine.durableDisks(), complete);
    }
    end = Optional.of(new End.Closed());
  }

  private void unexpected(IOException cause) {
    throw new AssertionError("this cannot fail", cause);
  }

  /** How it is doing, for people. */
  String words() {
    return open.map(resource -> resource.status().toString()).orElse("not open");
  }

  /** What always holds, whenever it is looked at. */
  void check() {
    open.ifPresent(this::check);
  }

  private void check(LoggedResource resource) {
    if (leaving) {
      return;
    }
    for (int volume = 0; volume < resource.volumeCount(); volume++) {
      machine.sizes().tell(volume, resource.volume(volume).sizeBytes());
    }
    ResourceStatus status = resource.status();
    ResourceStatus.Marks marks = status.watermarks();
    boolean ordered =
        marks.retained() <= marks.checkpoint()
            && marks.checkpoint() <= marks.horizon()
            && marks.horizon() <= marks.durable()
            && marks.durable() <= marks.appended();
    if (!ordered) {
      throw new History.OracleViolation("watermarks out of order: " + marks);
    }
    if (status.apply() instanceof ApplyState.Stopped && end.isEmpty()) {
      if (!mischief.isDamaged()) {
        throw new History.OracleViolation("applying stopped for no reason: " + status);
      }
      end = Optional.of(new End.Unreadable());
    }
  }
}
