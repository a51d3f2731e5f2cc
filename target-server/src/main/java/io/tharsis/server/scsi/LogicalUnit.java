package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.Volume;

/**
 * One logical unit: a volume, its parameter data and its task set. Gives the verdict on each
 * command in the order in which commands arrive.
 */
final class LogicalUnit {

  private final int index;
  private final Volume volume;
  private final Shared shared;
  private final TaskSet tasks;
  private ParameterData parameters;

  /**
   * What all units of a device share.
   *
   * @param commands they know
   * @param reportedLuns which units there are
   * @param ports through which they are reached
   */
  record Shared(CommandTable commands, ReportedLuns reportedLuns, PortGroupTable ports) {}

  /**
   * @param index of this unit in the device's table of units, which unit attentions are kept by
   */
  LogicalUnit(int index, Volume volume, TaskSet tasks, Shared shared) {
    this.index = index;
    this.volume = volume;
    this.tasks = tasks;
    this.shared = shared;
    parameters = new ParameterData(volume, shared.ports().port());
  }

  int index() {
    return index;
  }

  Volume volume() {
    return volume;
  }

  TaskSet tasks() {
    return tasks;
  }

  ReportedLuns reportedLuns() {
    return shared.reportedLuns();
  }

  PortGroupTable ports() {
    return shared.ports();
  }

  ParameterData parameters() {
    return parameters;
  }

  /** Blocks of the volume. */
  long blocks() {
    return volume.sizeBytes() >>> BlockSize.LOGICAL_SHIFT;
  }

  /** Builds the parameter data anew, after the volume's size or write cache has changed. */
  void refreshParameters() {
    parameters = new ParameterData(volume, shared.ports().port());
  }

  /** The verdict on a command: a task that does it, or one that refuses it. */
  Task judge(Arrival arrival) {
    NexusState nexus = arrival.nexus();
    if (tasks.isFullFor(nexus)) {
      return arrival.refuseForFullness();
    }
    byte[] cdb = arrival.cdb();
    CommandTable.Row row = shared.commands().find(cdb);
    if (row.gate() != CommandTable.Gate.OPEN && nexus.attentionPending(index)) {
      return arrival.refuse(nexus.takeAttention(index).sense());
    }
    if (row.gate() == CommandTable.Gate.MEDIUM
        && ports().groups().state() == AccessState.UNAVAILABLE) {
      return arrival.refuse(Sense.PORT_UNAVAILABLE);
    }
    if (!row.supported()) {
      return row.command().begin(this, arrival);
    }
    if (cdb.length < row.format().length()) {
      return arrival.refuse(Sense.invalidField(cdb.length - 1));
    }
    if (Cdb.bit(cdb, row.format().controlAt(), 2)) {
      // NACA, which a device with NORMACA=0 does not know (SAM-5 5.2)
      return arrival.refuse(Sense.invalidField(row.format().controlAt(), 2));
    }
    if (arrival.command().attribute() == ScsiCommand.TaskAttribute.ACA) {
      return arrival.refuse(Sense.INVALID_MESSAGE);
    }
    Task task = row.command().begin(this, arrival);
    return tasks.isFullFor(task.bufferBytes()) ? arrival.refuseForFullness() : task;
  }
}
