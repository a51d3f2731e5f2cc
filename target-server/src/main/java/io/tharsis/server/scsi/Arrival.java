package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;

/**
 * A command on its way into a task set: what was asked, by whom, and who is told the end.
 *
 * @param set the task set it enters
 * @param nexus the state of the command's nexus
 * @param command the command
 * @param listener learns what became of it
 */
record Arrival(TaskSet set, NexusState nexus, ScsiCommand command, ScsiTask.Listener listener) {

  byte[] cdb() {
    return command.cdb();
  }

  /** Bytes the initiator will send at most. */
  long expectedOut() {
    return switch (command.direction()) {
      case NONE, READ -> 0;
      case WRITE, BOTH -> Integer.toUnsignedLong(command.expectedBytes());
    };
  }

  /** Bytes the initiator will take at most. */
  long expectedIn() {
    return switch (command.direction()) {
      case NONE, WRITE -> 0;
      case READ, BOTH -> Integer.toUnsignedLong(command.expectedBytes());
    };
  }

  /** How the command asks to be ordered; a task may ask for more. */
  TaskOrder order() {
    return switch (command.attribute()) {
      case UNTAGGED, SIMPLE, ACA -> TaskOrder.SIMPLE;
      case ORDERED -> TaskOrder.ORDERED;
      case HEAD_OF_QUEUE -> TaskOrder.HEAD_OF_QUEUE;
    };
  }

  /** A task that ends in GOOD without data. */
  Task good() {
    return new AnswerTask(this, order(), Results.GOOD);
  }

  /** A task that ends in GOOD with parameter data, cut at the allocation length (SPC-4 4.2.5.6). */
  Task good(byte[] parameterData, long allocationLength) {
    int length = (int) Math.min(parameterData.length, allocationLength);
    if (length == 0) {
      return good();
    }
    ByteBuf data = set.surroundings().allocator().directBuffer(length);
    data.writeBytes(parameterData, 0, length);
    return new AnswerTask(this, order(), Results.good(data));
  }

  /** A task that ends in CHECK CONDITION at once, whatever is before it. */
  Task refuse(Sense sense) {
    return new AnswerTask(this, TaskOrder.UNORDERED, Results.checkCondition(sense));
  }

  /** A task that ends in TASK SET FULL at once. */
  Task refuseForFullness() {
    return new AnswerTask(this, TaskOrder.UNORDERED, Results.TASK_SET_FULL);
  }
}
