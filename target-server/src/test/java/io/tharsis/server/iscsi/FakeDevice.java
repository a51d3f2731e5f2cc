package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.tharsis.server.scsi.Nexus;
import io.tharsis.server.scsi.Nexuses;
import io.tharsis.server.scsi.ScsiCommand;
import io.tharsis.server.scsi.ScsiResult;
import io.tharsis.server.scsi.ScsiTask;
import io.tharsis.server.scsi.TargetDevice;
import io.tharsis.server.scsi.TaskManagement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A device with one disk in memory that understands READ(10), WRITE(10) and TEST UNIT READY, and
 * keeps results back on demand. Lives on its loop; what tests look at is thread-safe.
 */
final class FakeDevice implements TargetDevice {

  static final int BLOCK = 512;
  static final int TEST_UNIT_READY = 0x00;
  static final int READ_10 = 0x28;
  static final int WRITE_10 = 0x2a;

  final byte[] disk = new byte[64 << 20];
  final Events events = new Events();

  /** What reads have produced, given away since; thread-safe. */
  final Queue<ByteBuf> produced = new ConcurrentLinkedQueue<>();

  private final EventLoop loop;
  private final List<Task> tasks = new ArrayList<>();
  private final Deque<Runnable> kept = new ArrayDeque<>();
  private boolean keeping;
  private boolean keepingLoss;

  FakeDevice(EventLoop loop) {
    this.loop = loop;
  }

  /** What happened, in order; thread-safe. */
  static final class Events {
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final List<String> all = new ArrayList<>();

    synchronized void add(String event) {
      all.add(event);
      notifyAll();
    }

    synchronized List<String> soFar() {
      return List.copyOf(all);
    }

    /** Waits until an event begins with {@code prefix}. */
    synchronized void await(String prefix) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (all.stream().noneMatch(event -> event.startsWith(prefix))) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          throw new AssertionError("no event " + prefix + " in " + all);
        }
        wait(millis);
      }
    }
  }

  private final class Task implements ScsiTask {
    private final ScsiCommand command;
    private final Listener listener;
    private final int wanted;
    private boolean dead;

    Task(ScsiCommand command, Listener listener) {
      this.command = command;
      this.listener = listener;
      this.wanted = opcode() == WRITE_10 ? blocks() * BLOCK : 0;
    }

    private int opcode() {
      return command.cdb()[0] & 0xff;
    }

    private int blocks() {
      return (command.cdb()[7] & 0xff) << 8 | (command.cdb()[8] & 0xff);
    }

    private int at() {
      return ((command.cdb()[4] & 0xff) << 8 | (command.cdb()[5] & 0xff)) * BLOCK;
    }

    @Override
    public int dataOutBytes() {
      return wanted;
    }

    @Override
    public void dataOut(ByteBuf data) {
      check(data.isDirect() || data.readableBytes() == 0, "data-out is direct");
      check(data.readableBytes() == Math.min(wanted, command.expectedBytes()), "all data-out");
      events.add("data " + command.taskTag());
      later(
          () -> {
            data.getBytes(data.readerIndex(), disk, at(), data.readableBytes());
            data.release();
            end(new ScsiResult(0, new byte[0], Unpooled.EMPTY_BUFFER));
          },
          data::release);
    }

    private void run() {
      switch (opcode()) {
        case TEST_UNIT_READY ->
            later(() -> end(new ScsiResult(0, new byte[0], Unpooled.EMPTY_BUFFER)), () -> {});
        case READ_10 ->
            later(
                () -> {
                  int bytes = blocks() * BLOCK;
                  ByteBuf data = Unpooled.directBuffer(bytes);
                  produced.add(data);
                  end(new ScsiResult(0, new byte[0], data.writeBytes(disk, at(), bytes)));
                },
                () -> {});
        case WRITE_10 -> {
          // waits for its data
        }
        default ->
            later(
                () -> {
                  byte[] sense = new byte[18];
                  sense[0] = 0x70;
                  sense[2] = 5;
                  sense[7] = 10;
                  sense[12] = 0x20;
                  end(new ScsiResult(2, sense, Unpooled.EMPTY_BUFFER));
                },
                () -> {});
      }
    }

    private void later(Runnable effect, Runnable otherwise) {
      Runnable step = () -> (dead ? otherwise : effect).run();
      if (keeping) {
        kept.add(step);
      } else {
        loop.execute(step);
      }
    }

    private void end(ScsiResult result) {
      tasks.remove(this);
      listener.ended(result);
    }

    private void abort() {
      dead = true;
      tasks.remove(this);
      events.add("aborted " + command.taskTag());
      listener.aborted();
    }
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /** Keeps results back from now on, or lets go what was kept. Runs on the loop, waits for it. */
  void keep(boolean keep) throws Exception {
    loop.submit(
            () -> {
              keeping = keep;
              if (!keep) {
                kept.forEach(Runnable::run);
                kept.clear();
              }
            })
        .get();
  }

  /** Delays the end of lost nexuses, or lets them end. */
  void keepLoss(boolean keep) throws Exception {
    loop.submit(
            () -> {
              keepingLoss = keep;
              if (!keep) {
                kept.forEach(Runnable::run);
                kept.clear();
              }
            })
        .get();
  }

  @Override
  public Nexus establish(String initiatorPort) {
    events.add("establish " + initiatorPort);
    return Nexuses.of(initiatorPort);
  }

  @Override
  public void lose(Nexus nexus, Runnable done) {
    events.add("lose " + nexus.initiatorPort());
    List.copyOf(tasks).stream().filter(t -> t.command.nexus() == nexus).forEach(Task::abort);
    if (keepingLoss) {
      kept.add(done);
    } else {
      loop.execute(done);
    }
  }

  @Override
  public ScsiTask begin(ScsiCommand command, ScsiTask.Listener listener) {
    check(loop.inEventLoop(), "on the owner");
    Task task = new Task(command, listener);
    events.add("begin " + command.taskTag());
    tasks.add(task);
    task.run();
    return task;
  }

  @Override
  public void manage(
      TaskManagement.Function function,
      Nexus nexus,
      long lun,
      int taskTag,
      TaskManagement.Listener listener) {
    List<Task> hit =
        List.copyOf(tasks).stream()
            .filter(t ->
                switch (function) {
                  case ABORT_TASK -> t.command.nexus() == nexus && t.command.taskTag() == taskTag;
                  case ABORT_TASK_SET -> t.command.nexus() == nexus;
                  default -> true;
                })
            .toList();
    hit.forEach(Task::abort);
    boolean missing = function == TaskManagement.Function.ABORT_TASK && hit.isEmpty();
    loop.execute(() ->
        listener.ended(
            missing
                ? TaskManagement.Response.TASK_DOES_NOT_EXIST
                : TaskManagement.Response.FUNCTION_COMPLETE));
  }
}
