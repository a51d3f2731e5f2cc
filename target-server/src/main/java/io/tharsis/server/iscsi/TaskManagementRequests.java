package io.tharsis.server.iscsi;

import io.tharsis.server.scsi.TaskManagement.Function;
import io.tharsis.server.scsi.TaskManagement.Response;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Task management of one session, RFC 7143 11.5 and 11.6: what is still at the edge is dropped
 * here, the rest is asked of the device; the answer goes out when it is true. Owned by the
 * session's connection.
 */
final class TaskManagementRequests {

  private static final int MAX_PENDING = 16;

  private static final int FUNCTION_COMPLETE = 0;
  private static final int TASK_DOES_NOT_EXIST = 1;
  private static final int LUN_DOES_NOT_EXIST = 2;
  private static final int REASSIGNMENT_NOT_SUPPORTED = 4;
  private static final int FUNCTION_NOT_SUPPORTED = 5;
  private static final int FUNCTION_REJECTED = 255;

  private final TaskTable tasks;
  private final CommandOrder order;
  private final CommandWindow window;
  private final PduWriter writer;
  private int pending;

  TaskManagementRequests(
      TaskTable tasks, CommandOrder order, CommandWindow window, PduWriter writer) {
    this.tasks = tasks;
    this.order = order;
    this.window = window;
    this.writer = writer;
  }

  /** A request is to be carried out. */
  void request(Bhs bhs) {
    if (pending >= MAX_PENDING) {
      throw ProtocolViolation.reject(
          RejectReason.IMMEDIATE_COMMAND_REJECT, "too many task management functions");
    }
    switch (bhs.flags() & 0x7f) {
      case 1 -> abortTask(bhs);
      case 2 -> sweep(bhs, Function.ABORT_TASK_SET, true);
      case 4 -> sweep(bhs, Function.CLEAR_TASK_SET, true);
      case 5 -> sweep(bhs, Function.LOGICAL_UNIT_RESET, true);
      case 6 -> sweep(bhs, Function.TARGET_WARM_RESET, false);
      case 7 -> sweep(bhs, Function.TARGET_COLD_RESET, false);
      case 3 -> respond(bhs.initiatorTaskTag(), FUNCTION_NOT_SUPPORTED);
      case 8 -> respond(bhs.initiatorTaskTag(), REASSIGNMENT_NOT_SUPPORTED);
      default -> respond(bhs.initiatorTaskTag(), FUNCTION_REJECTED);
    }
  }

  private void abortTask(Bhs bhs) {
    int tag = bhs.referencedTaskTag();
    long lun = bhs.lun();
    int ownTag = bhs.initiatorTaskTag();
    Optional<IscsiTask> task = tasks.task(tag).filter(found -> found.lun() == lun);
    if (task.isEmpty()) {
      respond(ownTag, abortNotBegun(bhs) ? FUNCTION_COMPLETE : TASK_DOES_NOT_EXIST);
    } else if (task.get().isAnswering()) {
      tasks.cancel(task.get());
      respond(ownTag, FUNCTION_COMPLETE);
    } else {
      pending++;
      tasks.manage(
          Function.ABORT_TASK,
          lun,
          tag,
          response -> {
            pending--;
            if (response == Response.FUNCTION_COMPLETE) {
              tasks.cancel(task.get());
            }
            respond(ownTag, code(response));
          });
    }
  }

  /**
   * Aborts a task that waits at the edge or has not come yet, RFC 7143 11.6.1; false if neither.
   */
  private boolean abortNotBegun(Bhs bhs) {
    int tag = bhs.referencedTaskTag();
    Predicate<HeldCommand> isIt = held -> held.isTask(tag) && held.bhs().lun() == bhs.lun();
    if (tasks.waitingTask(tag).filter(isIt).isPresent()) {
      tasks.dropWaiting(isIt);
      return true;
    }
    if (order.task(tag).filter(isIt).isPresent()) {
      order.skipIf(isIt);
      return true;
    }
    int reference = bhs.refCmdSn();
    if (window.contains(reference) && CommandWindow.before(reference, bhs.cmdSn())) {
      order.skip(reference);
      return true;
    }
    return false;
  }

  private void sweep(Bhs bhs, Function function, boolean oneUnit) {
    long lun = bhs.lun();
    int cmdSn = bhs.cmdSn();
    int ownTag = bhs.initiatorTaskTag();
    Predicate<HeldCommand> held = command -> !oneUnit || command.bhs().lun() == lun;
    order.skipIf(
        command -> held.test(command) && CommandWindow.before(command.bhs().cmdSn(), cmdSn));
    tasks.dropWaiting(held);
    List<IscsiTask> swept = tasks.tasks(task -> !oneUnit || task.lun() == lun);
    pending++;
    tasks.manage(
        function,
        lun,
        Bhs.NO_TAG,
        response -> {
          pending--;
          if (response == Response.FUNCTION_COMPLETE) {
            swept.forEach(tasks::cancel);
          }
          respond(ownTag, code(response));
          if (function == Function.TARGET_COLD_RESET && response == Response.FUNCTION_COMPLETE) {
            endAllSessions();
          }
        });
  }

  private void endAllSessions() {
    for (Session session : tasks.session().target().sessions().all()) {
      session.drop("target cold reset", () -> {});
    }
  }

  private void respond(int tag, int response) {
    if (!tasks.isClosed()) {
      writer.taskManagementResponse(tag, response);
    }
  }

  private static int code(Response response) {
    return switch (response) {
      case FUNCTION_COMPLETE -> FUNCTION_COMPLETE;
      case TASK_DOES_NOT_EXIST -> TASK_DOES_NOT_EXIST;
      case LUN_DOES_NOT_EXIST -> LUN_DOES_NOT_EXIST;
      case FUNCTION_NOT_SUPPORTED -> FUNCTION_NOT_SUPPORTED;
      case FUNCTION_REJECTED -> FUNCTION_REJECTED;
    };
  }
}
