package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One command in a task set. Owns its data-out buffer and, until it is delivered, its result.
 *
 * <p>Each task ends exactly once: its listener hears either the result or that it was aborted. What
 * has been handed to the volume can be called back only as long as it waits for room in the log;
 * else an aborted task stays in its set (and whoever aborted it waits) until the volume has
 * completed it.
 */
abstract class Task extends TaskLink implements ScsiTask, Runnable {

  enum State {
    /** Made, not yet in the set. */
    NEW,
    /** The transport is collecting its data-out. */
    COLLECTING,
    /** Complete, but something older holds it. */
    DORMANT,
    /** At work, normally inside the volume. */
    RUNNING,
    /** Its result is posted to the owner. */
    ANSWERING,
    /** Aborted while the volume had it. */
    ABORTING,
    /** Gone. */
    ENDED
  }

  private final Arrival arrival;
  private final TaskOrder order;
  private final int dataOutBytes;
  private State state = State.NEW;
  private long sequence;
  private ByteBuf data = Unpooled.EMPTY_BUFFER;
  private ScsiResult posted = Results.GOOD;
  private List<Drain> drains = List.of();

  Task(Arrival arrival, TaskOrder order, int dataOutBytes) {
    this.arrival = arrival;
    this.order = order;
    this.dataOutBytes = dataOutBytes;
  }

  /** Does what the command asks for; ends in {@link #end} or {@link #post}. */
  abstract void start();

  /** Bytes of buffers that the task needs while it runs. */
  abstract long bufferBytes();

  /**
   * Takes back what the volume has of the task, as far as it will never take effect; true if the
   * volume has nothing of it any more and will not complete it.
   */
  boolean withdraw() {
    return false;
  }

  @Override
  public final int dataOutBytes() {
    return dataOutBytes;
  }

  @Override
  public final void dataOut(ByteBuf received) {
    if (state != State.COLLECTING) {
      // aborted by another nexus, which the transport of this one may not know yet
      received.release();
      return;
    }
    data = received;
    state = State.DORMANT;
    arrival.set().completed(this);
  }

  final State state() {
    return state;
  }

  final TaskOrder order() {
    return order;
  }

  final long sequence() {
    return sequence;
  }

  final NexusState nexus() {
    return arrival.nexus();
  }

  final int tag() {
    return arrival.command().taskTag();
  }

  final long expectedIn() {
    return arrival.expectedIn();
  }

  final Surroundings surroundings() {
    return arrival.set().surroundings();
  }

  /** The data-out, valid from {@link #start} to the end; stays owned by this class. */
  final ByteBuf data() {
    return data;
  }

  /** Called by the set as the task enters. */
  final void entered(long number) {
    Invariant.check(state == State.NEW, "a task enters once");
    sequence = number;
    state = dataOutBytes > 0 ? State.COLLECTING : State.DORMANT;
  }

  /** Called by the set when nothing holds the task. */
  final void run(TaskSet by) {
    Invariant.check(
        state == State.DORMANT && by == arrival.set(), "only dormant tasks are started");
    state = State.RUNNING;
    start();
  }

  /** Ends the task; called on the owner, never inside begin or dataOut. */
  final void end(ScsiResult result) {
    boolean wanted = state != State.ABORTING;
    Invariant.check(
        !wanted || state == State.RUNNING || state == State.ANSWERING, "a task ends once");
    if (wanted) {
      leave();
      arrival.listener().ended(result);
      left();
    } else {
      result.dataIn().release();
      goAborted();
    }
  }

  /**
   * A direct buffer; where there is no memory for it the task has ended with TASK SET FULL, which
   * initiators repeat.
   */
  final Optional<ByteBuf> allocate(int bytes) {
    try {
      return Optional.of(surroundings().allocator().directBuffer(bytes, bytes));
    } catch (OutOfMemoryError exhausted) {
      post(Results.TASK_SET_FULL);
      return Optional.empty();
    }
  }

  /** Ends the task in a message of its own, for results that are known at once. */
  final void post(ScsiResult result) {
    Invariant.check(state == State.RUNNING, "a running task has a result");
    posted = result;
    state = State.ANSWERING;
    surroundings().owner().execute(this);
  }

  /** The posted result's turn; it is void if the task was aborted meanwhile. */
  @Override
  public final void run() {
    if (state == State.ANSWERING) {
      end(posted);
    }
  }

  /** Ends the task without a result, at once or when the volume has done with it. */
  final void abort(Drain drain) {
    switch (state) {
      case COLLECTING, DORMANT -> {
        discard();
        goAborted();
      }
      case ANSWERING -> {
        posted.dataIn().release();
        goAborted();
      }
      case RUNNING -> {
        if (withdraw()) {
          goAborted();
        } else {
          state = State.ABORTING;
          await(drain);
        }
      }
      case ABORTING -> await(drain);
      case NEW, ENDED -> Invariant.check(false, "only tasks of a set are aborted");
    }
  }

  private void await(Drain drain) {
    drain.opened();
    if (drains.isEmpty()) {
      drains = new ArrayList<>(1);
    }
    drains.add(drain);
  }

  private void goAborted() {
    leave();
    arrival.listener().aborted();
    left();
  }

  /** Releases what a task that never ran holds beside its data-out. */
  void discard() {}

  private void leave() {
    state = State.ENDED;
    data.release();
    data = Unpooled.EMPTY_BUFFER;
    arrival.set().remove(this);
  }

  private void left() {
    arrival.set().settle();
    for (Drain drain : drains) {
      drain.close();
    }
    drains = List.of();
  }
}
