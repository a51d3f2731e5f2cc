package io.tharsis.logfiles.volume;

import java.util.LinkedHashSet;
import java.util.List;
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
  VolumeCompletion begun(VolumeCompletion done) {
    Operation operation = new Operation(done);
    running.add(operation);
    return operation;
  }

  int count() {
    return running.size();
  }

  /** Ends everything that is running; what becomes of it later is of no interest any more. */
  void failAll(VolumeFault fault) {
    List.copyOf(running).forEach(operation -> operation.failed(fault));
  }

  private final class Operation implements VolumeCompletion {
    private final VolumeCompletion done;

    Operation(VolumeCompletion done) {
      this.done = done;
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
