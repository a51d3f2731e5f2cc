package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Completion;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The operations of a resource that have begun and not ended, in order of arrival: closing waits
 * for them, and a resource that fails ends them all. Belongs to its resource.
 */
final class Operations {

  private final Set<Operation> running = new LinkedHashSet<>();
  private final Runnable onEnd;

  /** Nothing has begun; {@code onEnd} runs whenever an operation has ended. */
  Operations(Runnable onEnd) {
    this.onEnd = onEnd;
  }

  /** Counts an operation from now until it has ended. */
  Operation begun(VolumeCompletion done) {
    Operation operation = new Operation(done);
    running.add(operation);
    return operation;
  }

  /** The one that tells this of its end. */
  Optional<Operation> find(VolumeCompletion listener) {
    return running.stream().filter(operation -> operation.tells(listener)).findFirst();
  }

  int count() {
    return running.size();
  }

  /**
   * Ends everything that is running; what becomes of it later is of no interest any more. An
   * operation whose buffer is lent to a disk ends when the disk gives it back: until then the disk
   * may write into it.
   */
  void failAll(VolumeFault fault) {
    List.copyOf(running).forEach(operation -> operation.doom(fault));
  }

  /** One operation; it ends at most once. */
  final class Operation implements VolumeCompletion {
    private final VolumeCompletion done;
    private boolean lent;
    private boolean abandoned;
    private Optional<VolumeFault> doom = Optional.empty();

    Operation(VolumeCompletion done) {
      this.done = done;
    }

    /** The buffer of the operation goes to a disk; what is given back is for the disk to call. */
    Completion lend(Completion then) {
      lent = true;
      return new Completion() {
        @Override
        public void succeeded() {
          if (isWanted()) {
            then.succeeded();
          }
        }

        @Override
        public void failed(IOException cause) {
          if (isWanted()) {
            then.failed(cause);
          }
        }
      };
    }

    /** The buffer is back: whether anybody wants the operation to go on. */
    private boolean isWanted() {
      lent = false;
      doom.ifPresent(this::failed);
      return doom.isEmpty();
    }

    private void doom(VolumeFault fault) {
      if (lent) {
        doom = Optional.of(fault);
      } else {
        failed(fault);
      }
    }

    /** Whoever began it wants it to end soon, whatever becomes of it. */
    void abandon() {
      abandoned = true;
    }

    boolean isAbandoned() {
      return abandoned;
    }

    /** Whether this is to be told of its end. */
    boolean tells(VolumeCompletion listener) {
      return done.equals(listener);
    }

    /** Whether it has ended: its buffer is not its own any more. */
    boolean isOver() {
      return !running.contains(this);
    }

    /** It was taken back by who began it: nobody is told, and it counts no more. */
    void drop() {
      running.remove(this);
    }

    @Override
    public void succeeded() {
      if (running.remove(this)) {
        done.succeeded();
        onEnd.run();
      }
    }

    @Override
    public void failed(VolumeFault fault) {
      if (running.remove(this)) {
        done.failed(fault);
        onEnd.run();
      }
    }
  }
}
