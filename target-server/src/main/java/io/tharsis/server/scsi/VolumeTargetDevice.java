package io.tharsis.server.scsi;

import io.netty.buffer.ByteBufAllocator;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.volume.Volume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The target device of one resource: logical unit n is volume n. Lives on the resource's owner,
 * which owns it; has no thread of its own and waits for nothing.
 *
 * <p>Every answer, of commands and of task management, comes in a later message than the call that
 * asked for it, in the order in which the answers became true.
 */
public final class VolumeTargetDevice implements TargetDevice {

  private final Surroundings surroundings;
  private final List<LogicalUnit> units = new ArrayList<>();

  /** Index into {@link #units} by volume number, -1 where there is no volume. */
  private final int[] indexes;

  private final AbsentUnit absent;
  private final PortGroupTable ports;
  private final Map<Nexus, NexusState> nexuses = new LinkedHashMap<>();
  private OtherPorts others = OtherPorts.NONE;

  /**
   * @param owner of the resource
   * @param allocator where buffers of data for initiators come from
   * @param volumes of the resource, with different numbers up to 16383
   * @param port through which initiators come
   * @param limits of each task set
   */
  public VolumeTargetDevice(
      Owner owner,
      ByteBufAllocator allocator,
      List<Volume> volumes,
      TargetPort port,
      TaskLimits limits) {
    surroundings = new Surroundings(owner, allocator);
    List<Volume> sorted = volumes.stream().sorted(Comparator.comparingInt(Volume::number)).toList();
    int[] numbers = sorted.stream().mapToInt(Volume::number).toArray();
    ReportedLuns reportedLuns = new ReportedLuns(numbers);
    ports = new PortGroupTable(port);
    LogicalUnit.Shared shared =
        new LogicalUnit.Shared(CommandTable.standard(), reportedLuns, ports);
    absent = new AbsentUnit(new TaskSet(surroundings, limits), reportedLuns);
    indexes = new int[numbers.length == 0 ? 0 : numbers[numbers.length - 1] + 1];
    Arrays.fill(indexes, -1);
    for (Volume volume : sorted) {
      int number = volume.number();
      Invariant.check(number >= 0 && number <= LunAddress.MAX_NUMBER, "volume has a LUN", number);
      Invariant.check(indexes[number] < 0, "volume numbers differ", number);
      indexes[number] = units.size();
      TaskSet tasks = new TaskSet(surroundings, limits);
      units.add(new LogicalUnit(units.size(), volume, tasks, shared));
    }
  }

  @Override
  public Nexus establish(String initiatorPort) {
    Nexus nexus = new Nexus(initiatorPort);
    NexusState state = new NexusState(nexus, units.size());
    for (LogicalUnit unit : units) {
      state.post(unit.index(), UnitAttention.POWER_ON);
    }
    nexuses.put(nexus, state);
    return nexus;
  }

  @Override
  public void lose(Nexus nexus, Runnable done) {
    Drain drain = new Drain(surroundings.owner(), done);
    for (LogicalUnit unit : units) {
      unit.tasks().abort(task -> task.nexus().nexus() == nexus, drain);
    }
    absent.tasks().abort(task -> task.nexus().nexus() == nexus, drain);
    nexuses.remove(nexus);
    drain.close();
  }

  @Override
  public ScsiTask begin(ScsiCommand command, ScsiTask.Listener listener) {
    NexusState nexus = nexuses.get(command.nexus());
    Invariant.check(nexus != null, "a command's nexus is established");
    int index = index(command.lun());
    TaskSet tasks = index < 0 ? absent.tasks() : units.get(index).tasks();
    Arrival arrival = new Arrival(tasks, nexus, command, listener);
    Task task = index < 0 ? absent.judge(arrival) : units.get(index).judge(arrival);
    tasks.enter(task);
    return task;
  }

  @Override
  public void manage(
      TaskManagement.Function function,
      Nexus nexus,
      long lun,
      int taskTag,
      TaskManagement.Listener listener) {
    int index = index(lun);
    switch (function) {
      case TARGET_WARM_RESET -> resetTarget(listener);
      // the transport would have to drop every connection; it is the one to say whether it does
      case TARGET_COLD_RESET -> answer(listener, TaskManagement.Response.FUNCTION_NOT_SUPPORTED);
      case ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET -> {
        if (index < 0) {
          answer(listener, TaskManagement.Response.LUN_DOES_NOT_EXIST);
        } else {
          manage(function, nexus, units.get(index), taskTag, listener);
        }
      }
    }
  }

  /** From now on its units have other ports than its own. */
  public void others(OtherPorts now) {
    others = now;
  }

  /**
   * A unit was reset through another port: all its commands end, and every nexus is told.
   *
   * @param done runs when none of the commands can have an effect any more
   */
  public void resetElsewhere(int volumeNumber, Runnable done) {
    int index = index(LunAddress.of(volumeNumber));
    Invariant.check(index >= 0, "the unit that is reset exists", volumeNumber);
    Drain drain = new Drain(surroundings.owner(), done);
    reset(units.get(index), UnitAttention.UNIT_RESET, drain);
    drain.close();
  }

  /** The size or the write cache of a volume has changed: initiators are told to look again. */
  public void changed(int volumeNumber) {
    int index = index(LunAddress.of(volumeNumber));
    Invariant.check(index >= 0, "the changed volume exists", volumeNumber);
    units.get(index).refreshParameters();
    for (NexusState nexus : nexuses.values()) {
      nexus.post(index, UnitAttention.CAPACITY_CHANGED);
    }
  }

  /**
   * What was written and not flushed may be lost, as after a power failure: every nexus is told, on
   * every unit (SAM-5 6.2).
   */
  public void restarted() {
    for (NexusState nexus : nexuses.values()) {
      for (LogicalUnit unit : units) {
        nexus.post(unit.index(), UnitAttention.POWER_ON);
      }
    }
  }

  /**
   * The port groups are different from now on. Every nexus is told, but for the one whose SET
   * TARGET PORT GROUPS did it (SPC-4 5.15.2.3). Nobody is told of a group that is transitioning,
   * only of what it has become. Who makes a group {@link AccessState#TRANSITIONING} ends that, with
   * {@link AccessState#UNAVAILABLE} if there is no better end: the device has no clock.
   *
   * @param now with the same own group
   */
  public void portGroups(PortGroups now) {
    if (!ports.replace(now)) {
      return;
    }
    for (NexusState nexus : nexuses.values()) {
      for (LogicalUnit unit : units) {
        if (!ports.isWishOf(nexus, unit.index())) {
          nexus.post(unit.index(), UnitAttention.ACCESS_STATE_CHANGED);
        }
      }
    }
  }

  private void manage(
      TaskManagement.Function function,
      Nexus nexus,
      LogicalUnit unit,
      int taskTag,
      TaskManagement.Listener listener) {
    Predicate<Task> own = task -> task.nexus().nexus() == nexus;
    switch (function) {
      case ABORT_TASK -> {
        Drain drain = completion(listener);
        if (unit.tasks().abort(own.and(task -> task.tag() == taskTag), drain).isEmpty()) {
          answer(listener, TaskManagement.Response.TASK_DOES_NOT_EXIST);
        } else {
          drain.close();
        }
      }
      case ABORT_TASK_SET -> {
        Drain drain = completion(listener);
        unit.tasks().abort(own, drain);
        drain.close();
      }
      case CLEAR_TASK_SET -> {
        Drain drain = completion(listener);
        for (Task task : unit.tasks().abort(task -> true, drain)) {
          if (task.nexus().nexus() != nexus) {
            task.nexus().post(unit.index(), UnitAttention.COMMANDS_CLEARED);
          }
        }
        drain.close();
      }
      case LOGICAL_UNIT_RESET -> {
        Drain drain = new Drain(surroundings.owner(), () -> resetOthers(List.of(unit), listener));
        reset(unit, UnitAttention.UNIT_RESET, drain);
        drain.close();
      }
      case TARGET_WARM_RESET, TARGET_COLD_RESET ->
          Invariant.check(false, "only functions of a logical unit come here");
    }
  }

  private void resetTarget(TaskManagement.Listener listener) {
    Drain drain = new Drain(surroundings.owner(), () -> resetOthers(units, listener));
    for (LogicalUnit unit : units) {
      reset(unit, UnitAttention.TARGET_RESET, drain);
    }
    absent.tasks().abort(task -> true, drain);
    drain.close();
  }

  /** SAM-5 6.3.2 and 6.3.3: every nexus is told, the one that asked for the reset too. */
  private void reset(LogicalUnit unit, UnitAttention attention, Drain drain) {
    unit.tasks().abort(task -> true, drain);
    for (NexusState nexus : nexuses.values()) {
      nexus.post(unit.index(), attention);
    }
  }

  /** Commands that came through other ports are commands of the same unit. */
  private void resetOthers(List<LogicalUnit> which, TaskManagement.Listener listener) {
    Async.forEach(which, unit -> others.reset(unit.volume().number()))
        .observe(
            done -> listener.ended(TaskManagement.Response.FUNCTION_COMPLETE),
            cause -> listener.ended(TaskManagement.Response.FUNCTION_REJECTED));
  }

  private Drain completion(TaskManagement.Listener listener) {
    return new Drain(
        surroundings.owner(), () -> listener.ended(TaskManagement.Response.FUNCTION_COMPLETE));
  }

  private void answer(TaskManagement.Listener listener, TaskManagement.Response response) {
    surroundings.owner().execute(() -> listener.ended(response));
  }

  private int index(long lun) {
    int number = LunAddress.number(lun);
    return number < 0 || number >= indexes.length ? -1 : indexes[number];
  }
}
