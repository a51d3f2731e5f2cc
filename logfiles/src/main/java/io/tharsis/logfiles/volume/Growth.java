package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Lets the volumes of a secondary grow as the log says: no log is put on the disks until they are
 * large enough for it. A disk that cannot be made so is looked at again and again; the log goes on
 * coming meanwhile. Belongs to its {@link FollowingResource}.
 */
final class Growth {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final ReceivedLog log;
  private final Applier applier;
  private final Clock clock;
  private final List<VolumeCopy> volumes;
  private final Runnable onProgress;
  private final Map<Integer, Long> wanted = new TreeMap<>();
  private Async<Void> last = Async.done();
  private int inFlight;
  private boolean settling;
  private boolean halted;
  private Optional<String> problem = Optional.empty();

  Growth(
      ReceivedLog log,
      Applier applier,
      Clock clock,
      List<VolumeCopy> volumes,
      Runnable onProgress) {
    this.log = log;
    this.applier = applier;
    this.clock = clock;
    this.volumes = volumes;
    this.onProgress = onProgress;
  }

  /** Goes on with what the last opening has not done: the volumes are to be so large. */
  void begin(List<Long> sizeBytes) {
    for (VolumeCopy copy : volumes) {
      if (copy.sizeBytes() < sizeBytes.get(copy.number())) {
        want(copy.number(), sizeBytes.get(copy.number()));
      }
    }
  }

  /** The log says so from now on; what is behind that needs the disks. */
  void stateChanged(StateSnapshot state) {
    for (VolumeCopy copy : volumes) {
      state
          .volume(copy.number())
          .filter(said -> said.sizeBytes() > copy.sizeBytes())
          .ifPresent(said -> want(copy.number(), said.sizeBytes()));
    }
  }

  private void want(int volume, long sizeBytes) {
    wanted.put(volume, sizeBytes);
    applier.awaitDisk(new ApplyState.DiskGrowing());
    if (!settling) {
      settling = true;
      settle();
    }
  }

  private void settle() {
    if (halted) {
      settling = false;
      onProgress.run();
      return;
    }
    Map<Integer, Long> now = new TreeMap<>(wanted);
    Async.forEach(now.entrySet(), one -> grow(one.getKey(), one.getValue()))
        .observe(done -> settled(), this::failed);
  }

  private Async<Void> grow(int volume, long sizeBytes) {
    VolumeCopy copy = volumes.get(volume);
    return prepare(volume, sizeBytes)
        .map(done -> {
          if (sizeBytes > copy.sizeBytes()) {
            copy.grown(sizeBytes);
          }
          wanted.remove(volume, sizeBytes);
          return null;
        });
  }

  private void settled() {
    if (wanted.isEmpty()) {
      settling = false;
      problem = Optional.empty();
      applier.diskIsReady();
      onProgress.run();
    } else {
      settle();
    }
  }

  private void failed(IOException cause) {
    problem = Optional.of(String.valueOf(cause.getMessage()));
    applier.awaitDisk(new ApplyState.DiskTooSmall(String.valueOf(cause.getMessage())));
    clock.after(RETRY, this::settle);
    onProgress.run();
  }

  /** Makes a disk ready for a larger volume before the log says that it is. */
  Async<Void> prepare(int volume, long sizeBytes) {
    VolumeCopy copy = volumes.get(volume);
    last =
        last.orElse(failed -> Async.done())
            .then(done -> counted(() -> Enlargement.of(log).prepare(copy, sizeBytes)));
    return last;
  }

  private Async<Void> counted(Supplier<Async<Void>> work) {
    if (halted) {
      return Async.failed(new IOException("the resource is being closed"));
    }
    inFlight++;
    return work.get()
        .map(done -> {
          ended();
          return (Void) null;
        })
        .orElse(cause -> {
          ended();
          return Async.failed(cause);
        });
  }

  private void ended() {
    inFlight--;
    log.owner().execute(onProgress);
  }

  /** Begins nothing any more. */
  void halt() {
    halted = true;
  }

  /** Whether the disks are large enough for all log that is there. */
  boolean isSettled() {
    return !settling && inFlight == 0;
  }

  /** Why they are not, and will not be by themselves. */
  Optional<String> problem() {
    return problem;
  }

  /** Whether something is under way on the disks. */
  boolean isBusy() {
    return inFlight > 0;
  }
}
