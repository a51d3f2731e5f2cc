package io.tharsis.server.metrics;

import io.tharsis.server.scsi.Nexus;
import io.tharsis.server.scsi.ScsiCommand;
import io.tharsis.server.scsi.ScsiResult;
import io.tharsis.server.scsi.ScsiTask;
import io.tharsis.server.scsi.TargetDevice;
import io.tharsis.server.scsi.TaskManagement;

/** A target device that counts and times the commands of another one. Lives on its owner. */
final class MeteredTarget implements TargetDevice {

  private final TargetDevice device;
  private final CommandMeters meters;

  MeteredTarget(TargetDevice device, CommandMeters meters) {
    this.device = device;
    this.meters = meters;
  }

  @Override
  public Nexus establish(String initiatorPort) {
    return device.establish(initiatorPort);
  }

  @Override
  public void lose(Nexus nexus, Runnable done) {
    device.lose(nexus, done);
  }

  @Override
  public ScsiTask begin(ScsiCommand command, ScsiTask.Listener listener) {
    Measured measured = new Measured(Operation.of(command.cdb()), listener);
    ScsiTask task = device.begin(command, measured);
    measured.dataOutBytes = task.dataOutBytes();
    return task;
  }

  @Override
  public void manage(
      TaskManagement.Function function,
      Nexus nexus,
      long lun,
      int taskTag,
      TaskManagement.Listener listener) {
    device.manage(function, nexus, lun, taskTag, listener);
  }

  private final class Measured implements ScsiTask.Listener {
    private final Operation operation;
    private final ScsiTask.Listener listener;
    private final long beganNanos = System.nanoTime();
    private int dataOutBytes;

    Measured(Operation operation, ScsiTask.Listener listener) {
      this.operation = operation;
      this.listener = listener;
    }

    @Override
    public void ended(ScsiResult result) {
      meters.ended(operation, result, dataOutBytes, System.nanoTime() - beganNanos);
      listener.ended(result);
    }

    @Override
    public void aborted() {
      meters.aborted();
      listener.aborted();
    }
  }
}
