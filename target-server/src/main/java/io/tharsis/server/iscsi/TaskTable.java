package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.tharsis.server.scsi.TaskManagement.Function;
import io.tharsis.server.scsi.TaskManagement.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The SCSI tasks of one session, by initiator task tag. Owned by the session's connection. Commands
 * enter in CmdSN order; they wait, in that order, while the memory for transfers is used up.
 * Answers wait, in the order in which they came, while the connection does not take them. The depth
 * of the command window and the limit on immediate commands bound all three.
 */
final class TaskTable implements MemoryBudget.Claimant {

  private static final int REMEMBERED_TAGS = 256;

  private final Session session;
  private final PduWriter writer;
  private final CommandWindow window;
  private final IscsiLimits limits;
  private final MemoryBudget memory;
  private final EdgeMetrics metrics;
  private final ByteBufAllocator allocator;

  private final IntObjectMap<IscsiTask> tasks = new IntObjectHashMap<>();
  private final ArrayDeque<HeldCommand> waiting = new ArrayDeque<>();
  private final ArrayDeque<IscsiTask> answers = new ArrayDeque<>();
  private final int[] endedTags = new int[REMEMBERED_TAGS];
  private int endedCount;
  private TransferParameters parameters;
  private int lastTransferTag;
  private int immediateTasks;
  private long usedBytes;
  private boolean holdingBack;
  private boolean closed;
  private boolean gone;
  private Optional<Runnable> onIdle = Optional.empty();

  /** What a table works with. */
  record Connection(
      PduWriter writer,
      CommandWindow window,
      IscsiLimits limits,
      EdgeMetrics metrics,
      ByteBufAllocator allocator) {}

  TaskTable(Session session, Connection connection, TransferParameters parameters) {
    this.session = session;
    this.memory = session.target().memory();
    this.writer = connection.writer();
    this.window = connection.window();
    this.limits = connection.limits();
    this.metrics = connection.metrics();
    this.allocator = connection.allocator();
    this.parameters = parameters;
  }

  Session session() {
    return session;
  }

  PduWriter writer() {
    return writer;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  TransferParameters parameters() {
    return parameters;
  }

  /** The initiator declared something new in full feature phase. */
  void parameters(TransferParameters changed) {
    parameters = changed;
  }

  int nextTransferTag() {
    lastTransferTag++;
    if (lastTransferTag == Bhs.NO_TAG) {
      lastTransferTag = 1;
    }
    return lastTransferTag;
  }

  // ---- commands ----

  /** A command is next in order; {@code data} is lent. */
  void command(Bhs bhs, ByteBuf data) {
    int tag = bhs.initiatorTaskTag();
    if (tasks.containsKey(tag) || waitingTask(tag).isPresent()) {
      throw ProtocolViolation.reject(RejectReason.TASK_IN_PROGRESS, "task tag in use");
    }
    if (bhs.immediate() && immediateTasks >= limits.immediateCommands()) {
      throw ProtocolViolation.reject(
          RejectReason.IMMEDIATE_COMMAND_REJECT, "too many immediate commands");
    }
    enter(bhs);
    Optional<MemoryBudget.Charge> charge = waiting.isEmpty() ? memoryFor(bhs) : Optional.empty();
    if (charge.isPresent()) {
      begin(bhs, data, charge.get());
    } else {
      metrics.commandHeldBack();
      waiting.add(new HeldCommand(bhs, data));
      holdBack();
    }
  }

  /** As {@link #command}, with the unsolicited data that has come since. */
  void held(HeldCommand held) {
    command(held.bhs(), held.data());
    if (!waiting.isEmpty() && waiting.getLast().isTask(held.bhs().initiatorTaskTag())) {
      HeldCommand again = waiting.getLast();
      held.dataOuts().forEach(d -> again.addDataOut(d.bhs(), d.data(), Integer.MAX_VALUE));
    } else {
      replay(held);
    }
  }

  private void replay(HeldCommand held) {
    for (HeldCommand dataOut : held.dataOuts()) {
      ByteBuf data = dataOut.data();
      dataOutHeader(dataOut.bhs()).land(data.duplicate(), data.readableBytes());
      dataOut(dataOut.bhs(), data);
    }
  }

  private void enter(Bhs bhs) {
    if (bhs.immediate()) {
      immediateTasks++;
    } else {
      window.enter();
    }
  }

  private void exit(boolean numbered) {
    if (numbered) {
      window.leave();
    } else {
      immediateTasks--;
    }
  }

  /** Memory for a command; else this table is told when it is its turn, or its own tasks end. */
  private Optional<MemoryBudget.Charge> memoryFor(Bhs bhs) {
    long bytes = Math.min(bhs.expectedBytes(), limits.memory().connectionBytes());
    if (closed) {
      return Optional.empty();
    }
    if (bytes == 0) {
      return Optional.of(MemoryBudget.Charge.NOTHING);
    }
    if (usedBytes == 0) {
      Optional<MemoryBudget.Charge> small = memory.takeSmall(bytes);
      if (small.isPresent()) {
        return small;
      }
    } else if (usedBytes + bytes > limits.memory().connectionBytes()) {
      memory.withdraw(this);
      return Optional.empty();
    }
    return memory.take(this, bytes);
  }

  private void begin(Bhs bhs, ByteBuf data, MemoryBudget.Charge charge) {
    usedBytes += charge.bytes();
    IscsiTask task;
    try {
      AdditionalHeaders additional = AdditionalHeaders.of(bhs);
      task = new IscsiTask(this, bhs, additional);
      var command = task.command(bhs, additional.cdb());
      task.charge(charge);
      tasks.put(task.tag(), task);
      task.begun(session.target().device().begin(command, task), data);
    } catch (ProtocolViolation e) {
      exit(!bhs.immediate());
      giveBack(charge);
      throw e;
    }
  }

  private void giveBack(MemoryBudget.Charge charge) {
    usedBytes -= charge.bytes();
    memory.giveBack(charge);
  }

  private void holdBack() {
    holdingBack = true;
    window.closed(true);
  }

  @Override
  public void memoryFreed() {
    beginWaiting();
  }

  private void beginWaiting() {
    Optional<MemoryBudget.Charge> charge = memoryForNext();
    while (charge.isPresent()) {
      HeldCommand held = waiting.remove();
      try {
        begin(held.bhs(), held.data(), charge.get());
        replay(held);
      } catch (ProtocolViolation e) {
        writer.reject(e.reason(), held.bhs());
      } finally {
        held.release();
      }
      charge = memoryForNext();
    }
    if (closed || waiting.isEmpty()) {
      memory.withdraw(this);
    }
    if (!waiting.isEmpty()) {
      holdBack();
    } else if (holdingBack && !closed) {
      holdingBack = false;
      window.closed(false);
      if (tasks.isEmpty()) {
        // nothing else is on its way that would tell of the open window
        writer.nopIn(Bhs.NO_TAG);
      }
    }
  }

  private Optional<MemoryBudget.Charge> memoryForNext() {
    return waiting.isEmpty() ? Optional.empty() : memoryFor(waiting.element().bhs());
  }

  // ---- data-out ----

  /** A Data-Out PDU begins: where its data goes. */
  PduReader.Landing dataOutHeader(Bhs bhs) {
    IscsiTask task = tasks.get(bhs.initiatorTaskTag());
    if (task != null) {
      return task.dataOut().header(bhs);
    }
    return PduReader.DISCARD;
  }

  /** A Data-Out PDU is complete. */
  void dataOut(Bhs bhs, ByteBuf data) {
    int tag = bhs.initiatorTaskTag();
    IscsiTask task = tasks.get(tag);
    Optional<HeldCommand> held = waitingTask(tag);
    if (task != null) {
      task.dataOutEnd(bhs);
    } else if (held.isPresent()) {
      held.get().addDataOut(bhs, data, parameters.firstBurstBytes());
    } else if (!endedLately(tag)) {
      throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "Data-Out without a command");
    }
  }

  /** The command with this tag that waits for memory. */
  Optional<HeldCommand> waitingTask(int tag) {
    for (HeldCommand held : waiting) {
      if (held.isTask(tag)) {
        return Optional.of(held);
      }
    }
    return Optional.empty();
  }

  /** Data that was on its way when its task ended is no violation. */
  private boolean endedLately(int tag) {
    for (int i = 0; i < Math.min(endedCount, REMEMBERED_TAGS); i++) {
      if (endedTags[i] == tag) {
        return true;
      }
    }
    return false;
  }

  // ---- answers ----

  /** A task has its answer. */
  void submit(IscsiTask task) {
    answers.add(task);
    if (answers.size() == 1) {
      sendAnswers();
    }
  }

  /** Sends what the connection takes. */
  void sendAnswers() {
    while (!answers.isEmpty() && answers.element().send()) {
      answers.remove().release();
    }
    idle();
  }

  /** Before the status of a task goes out, so that the PDU tells of the place that is free. */
  void leave(IscsiTask task) {
    tasks.remove(task.tag());
    endedTags[endedCount++ & (REMEMBERED_TAGS - 1)] = task.tag();
    if (endedCount == 2 * REMEMBERED_TAGS) {
      endedCount = REMEMBERED_TAGS;
    }
    exit(task.isNumbered());
    giveBack(task.charge());
    if (!waiting.isEmpty()) {
      beginWaiting();
    }
  }

  /** A task is no more: nothing of it goes out from here. */
  void cancel(IscsiTask task) {
    if (!task.isGone()) {
      leave(task);
      answers.remove(task);
      task.release();
      sendAnswers();
    }
  }

  /** The data of a task was wrong: {@code then} runs when the device has forgotten it. */
  void abandon(IscsiTask task, Runnable then) {
    manage(Function.ABORT_TASK, task.lun(), task.tag(), response -> then.run());
  }

  // ---- task management ----

  /** Asks the device. */
  void manage(Function function, long lun, int tag, Consumer<Response> listener) {
    session.target().device().manage(function, session.nexus(), lun, tag, listener::accept);
  }

  /** The task with this tag. */
  Optional<IscsiTask> task(int tag) {
    return Optional.ofNullable(tasks.get(tag));
  }

  /** Tasks that match, at this moment. */
  List<IscsiTask> tasks(Predicate<IscsiTask> matches) {
    List<IscsiTask> found = new ArrayList<>();
    for (IscsiTask task : tasks.values()) {
      if (matches.test(task)) {
        found.add(task);
      }
    }
    return found;
  }

  /** Forgets commands that wait for memory. */
  void dropWaiting(Predicate<HeldCommand> matches) {
    waiting.removeIf(held -> {
      boolean drop = matches.test(held);
      if (drop) {
        endedTags[endedCount++ & (REMEMBERED_TAGS - 1)] = held.bhs().initiatorTaskTag();
        exit(!held.bhs().immediate());
        held.release();
      }
      return drop;
    });
    beginWaiting();
  }

  // ---- the end ----

  /** Begins no command any more; {@code idle} runs once those begun are answered. */
  void drain(Runnable idle) {
    closed = true;
    window.closed(true);
    memory.withdraw(this);
    onIdle = Optional.of(idle);
    idle();
  }

  private void idle() {
    if (onIdle.isPresent() && tasks.isEmpty()) {
      Runnable idle = onIdle.get();
      onIdle = Optional.empty();
      idle.run();
    }
  }

  /** Whether the session is over or about to be: nothing is answered any more. */
  boolean isClosed() {
    return gone;
  }

  /** Forgets everything; the device is told by the session. */
  void close() {
    closed = true;
    gone = true;
    waiting.forEach(HeldCommand::release);
    waiting.clear();
    for (IscsiTask task : tasks(_ -> true)) {
      leave(task);
      task.release();
    }
    answers.clear();
    memory.withdraw(this);
  }
}
