package io.tharsis.server.scsi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The tasks of one logical unit, of all nexuses (TST=0), oldest first; decides who may start when
 * (SAM-5 8.6). One more set holds the tasks that were addressed to units that do not exist.
 */
final class TaskSet {

  private final Surroundings surroundings;
  private final TaskLimits limits;
  private final TaskLink ring = new TaskLink();
  private final ArrayDeque<Task> ordered = new ArrayDeque<>();
  private int headOfQueue;
  private int tasks;
  private long bufferBytes;
  private long entered;

  /** Whether some dormant task may be waiting for another one to end. */
  private boolean heldBack;

  /** While a whole set is aborted nothing starts: it would be aborted next. */
  private boolean closing;

  TaskSet(Surroundings surroundings, TaskLimits limits) {
    this.surroundings = surroundings;
    this.limits = limits;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /** Whether one more task of this nexus exceeds what the set or the nexus may have. */
  boolean isFullFor(NexusState nexus) {
    return tasks >= limits.tasks() || nexus.tasks() >= limits.tasksPerNexus();
  }

  /** Whether the buffers of one more task exceed what the set may use. */
  boolean isFullFor(long moreBufferBytes) {
    boolean alone = bufferBytes == 0 || moreBufferBytes == 0;
    return !alone && bufferBytes + moreBufferBytes > limits.bufferBytes();
  }

  /** A task enters and starts if it is complete and nothing holds it. */
  void enter(Task task) {
    task.enterLast(ring);
    tasks++;
    bufferBytes += task.bufferBytes();
    task.nexus().taskEntered();
    switch (task.order()) {
      case UNORDERED, SIMPLE -> {}
      case ORDERED -> ordered.addLast(task);
      case HEAD_OF_QUEUE -> headOfQueue++;
    }
    entered++;
    task.entered(entered);
    if (task.state() == Task.State.DORMANT) {
      completed(task);
    }
  }

  /** A task has everything it needs. */
  void completed(Task task) {
    if (mayStart(task)) {
      task.run(this);
    } else {
      heldBack = true;
    }
  }

  /** A task has ended; {@link #settle} follows when its listener knows. */
  void remove(Task task) {
    task.leaveRing();
    tasks--;
    bufferBytes -= task.bufferBytes();
    task.nexus().taskLeft();
    switch (task.order()) {
      case UNORDERED, SIMPLE -> {}
      case ORDERED -> ordered.remove(task);
      case HEAD_OF_QUEUE -> headOfQueue--;
    }
  }

  /** Starts what nothing holds any more. */
  void settle() {
    if (!heldBack || closing) {
      return;
    }
    heldBack = false;
    for (TaskLink link = ring.after(); !link.is(ring); link = link.after()) {
      Task task = (Task) link;
      if (task.state() == Task.State.DORMANT) {
        completed(task);
      }
    }
  }

  /** Aborts the tasks that are meant and returns which they were; the drain waits for them. */
  List<Task> abort(Predicate<Task> meant, Drain drain) {
    List<Task> aborted = new ArrayList<>();
    for (TaskLink link = ring.after(); !link.is(ring); link = link.after()) {
      Task task = (Task) link;
      if (meant.test(task)) {
        aborted.add(task);
      }
    }
    closing = true;
    for (Task task : aborted) {
      task.abort(drain);
    }
    closing = false;
    settle();
    return aborted;
  }

  private boolean mayStart(Task task) {
    return switch (task.order()) {
      case UNORDERED, HEAD_OF_QUEUE -> true;
      case SIMPLE ->
          headOfQueue == 0
              && (ordered.isEmpty() || ordered.peekFirst().sequence() > task.sequence());
      case ORDERED -> headOfQueue == 0 && ring.after().is(task);
    };
  }
}
