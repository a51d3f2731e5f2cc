package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.tharsis.server.scsi.ScsiCommand.Direction;
import io.tharsis.server.scsi.ScsiCommand.TaskAttribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A target device with two volumes (numbers 0 and 2), a nexus whose attention is taken, and two
 * port groups, of which the one with the greater number is its own and is optimized.
 */
final class Bench {

  static final int BLOCKS = 2048;
  static final long LUN_2 = 0x0002_0000_0000_0000L;
  static final long LUN_1 = 0x0001_0000_0000_0000L;

  private static final HexFormat HEX = HexFormat.of();

  final ManualOwner owner = new ManualOwner();
  final MemoryVolume volume = new MemoryVolume(owner, 0, BLOCKS);
  final MemoryVolume second = new MemoryVolume(owner, 2, 64);
  final AskedControl control = new AskedControl(owner);
  final DirtyAllocator allocator = new DirtyAllocator();
  final VolumeTargetDevice device;
  final Nexus nexus;

  private int tags;

  Bench() {
    this(TaskLimits.DEFAULT);
  }

  Bench(TaskLimits limits) {
    TargetPort port =
        new TargetPort(
            "iqn.2026-11.io.tharsis:bench",
            groups(AccessState.NON_OPTIMIZED, AccessState.OPTIMIZED),
            control);
    device = new VolumeTargetDevice(owner, allocator, List.of(second, volume), port, limits);
    nexus = nexus("iqn.2026-11.io.tharsis.test:one,i,0x400001370000");
  }

  /** The groups 1 and 258, the latter being the device's own and the preferred one. */
  static PortGroups groups(AccessState other, AccessState own) {
    return new PortGroups(
        List.of(new PortGroups.Group(1, other, false), new PortGroups.Group(258, own, true)), 258);
  }

  /** A further nexus that has taken its unit attentions. */
  Nexus nexus(String port) {
    Nexus made = device.establish(port);
    none("00 00 00 00 00 00").from(made).run();
    none("00 00 00 00 00 00").from(made).lun(LUN_2).run();
    return made;
  }

  static byte[] bytes(String hex) {
    return HEX.parseHex(hex.replace(" ", ""));
  }

  /** Bytes of buffers that nobody has released. */
  long buffersInUse() {
    return allocator.bytesInUse();
  }

  /** A command that transfers nothing. */
  Sending none(String cdb) {
    return new Sending(bytes(cdb), Direction.NONE, 0);
  }

  /** A command that reads. */
  Sending in(String cdb, int expected) {
    return new Sending(bytes(cdb), Direction.READ, expected);
  }

  /** A command that writes. */
  Sending out(String cdb, byte[] data) {
    return new Sending(bytes(cdb), Direction.WRITE, data.length).data(data);
  }

  List<TaskManagement.Response> manage(TaskManagement.Function function, Nexus by, int tag) {
    return manage(function, by, 0, tag);
  }

  /** Asks for a function; the list gets the response when it comes. */
  List<TaskManagement.Response> manage(
      TaskManagement.Function function, Nexus by, long lun, int tag) {
    List<TaskManagement.Response> responses = new ArrayList<>();
    device.manage(function, by, lun, tag, responses::add);
    return responses;
  }

  ByteBuf buffer(byte[] data) {
    return allocator.directBuffer(Math.max(1, data.length)).writeBytes(data);
  }

  /** A command being made up. */
  final class Sending {

    private final byte[] cdb;
    private final Direction direction;
    private final int expected;
    private byte[] data = {};
    private Nexus from = nexus;
    private long lun;
    private TaskAttribute attribute = TaskAttribute.SIMPLE;
    private int tag = ++tags;

    Sending(byte[] cdb, Direction direction, int expected) {
      this.cdb = cdb;
      this.direction = direction;
      this.expected = expected;
    }

    Sending data(byte[] bytes) {
      data = bytes;
      return this;
    }

    Sending from(Nexus other) {
      from = other;
      return this;
    }

    Sending lun(long other) {
      lun = other;
      return this;
    }

    Sending attribute(TaskAttribute other) {
      attribute = other;
      return this;
    }

    Sending tag(int other) {
      tag = other;
      return this;
    }

    ScsiTask begin(Outcome outcome) {
      return device.begin(
          new ScsiCommand(from, lun, tag, cdb, attribute, expected, direction), outcome);
    }

    /** Sends the command with its data; runs nothing. */
    Outcome send() {
      Outcome outcome = new Outcome();
      ScsiTask task = begin(outcome);
      if (task.dataOutBytes() > 0) {
        int length = Math.min(task.dataOutBytes(), data.length);
        task.dataOut(buffer(Arrays.copyOf(data, length)));
      }
      return outcome;
    }

    /** Sends the command and runs the owner. */
    Outcome run() {
      Outcome outcome = send();
      owner.runAll();
      return outcome;
    }
  }
}
