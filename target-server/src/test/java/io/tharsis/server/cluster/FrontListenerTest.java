package io.tharsis.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.remote.AccessState;
import io.tharsis.server.scsi.AccessControl;
import io.tharsis.server.scsi.Nexus;
import io.tharsis.server.scsi.PortGroups;
import io.tharsis.server.scsi.PortGroups.Group;
import io.tharsis.server.scsi.ScsiCommand;
import io.tharsis.server.scsi.ScsiTask;
import io.tharsis.server.scsi.TargetPort;
import io.tharsis.server.scsi.TaskLimits;
import io.tharsis.server.scsi.VolumeTargetDevice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What initiators hear of a front and of a cluster. */
class FrontListenerTest {

  private static final String READY = "000000000000";
  private static final String REPORT = "a30a00000000000000ff0000";

  /** Runs messages when the test says so. */
  private static final class Messages implements Owner {
    private final ArrayDeque<Runnable> messages = new ArrayDeque<>();

    @Override
    public void execute(Runnable message) {
      messages.add(message);
    }

    @Override
    public boolean isCurrent() {
      return true;
    }
  }

  /** Has a size and nothing else. */
  private static final class Sized implements Volume {
    private long bytes = 1 << 20;

    @Override
    public UUID resourceId() {
      return new UUID(1, 2);
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public long sizeBytes() {
      return bytes;
    }

    @Override
    public WriteCache writeCache() {
      return WriteCache.FLUSH;
    }

    @Override
    public void read(long offset, ByteBuffer into, VolumeCompletion done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Ticket write(long offset, ByteBuffer from, boolean fua, VolumeCompletion done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void flush(VolumeCompletion done) {
      throw new UnsupportedOperationException();
    }
  }

  private final Messages owner = new Messages();
  private final Sized volume = new Sized();
  private final PortGroups groups =
      groups(
          io.tharsis.server.scsi.AccessState.OPTIMIZED,
          io.tharsis.server.scsi.AccessState.NON_OPTIMIZED);
  private final VolumeTargetDevice device =
      new VolumeTargetDevice(
          owner,
          UnpooledByteBufAllocator.DEFAULT,
          List.of(volume),
          new TargetPort("iqn.2026-11.io.tharsis:r", groups, AccessControl.IMPLICIT),
          TaskLimits.DEFAULT);
  private final FrontListener listener = new FrontListener(device, groups);
  private final Nexus nexus = device.establish("one");

  private static PortGroups groups(
      io.tharsis.server.scsi.AccessState other, io.tharsis.server.scsi.AccessState own) {
    return new PortGroups(List.of(new Group(1, other, false), new Group(2, own, false)), 2);
  }

  /** The data of a command that succeeds, else its additional sense code, in hexadecimal. */
  private String answer(String cdb) {
    List<String> answers = new ArrayList<>();
    ScsiTask _ =
        device.begin(
            new ScsiCommand(
                nexus,
                0,
                1,
                HexFormat.of().parseHex(cdb),
                ScsiCommand.TaskAttribute.SIMPLE,
                255,
                ScsiCommand.Direction.READ),
            result -> {
              answers.add(
                  result.status() == 0
                      ? ByteBufUtil.hexDump(result.dataIn())
                      : HexFormat.of().formatHex(result.sense(), 12, 14));
              result.dataIn().release();
            });
    while (!owner.messages.isEmpty()) {
      owner.messages.remove().run();
    }
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private void reports(String other, String own) {
    assertThat(answer(REPORT))
        .isEqualTo(
            "00000018"
                + (other + "8b000100000001" + "00000001")
                + (own + "8b000200000001" + "00000002"));
  }

  @BeforeEach
  void takeAttention() {
    assertThat(answer(READY)).isEqualTo("2900");
  }

  @Test
  void everyStateOfTheFrontIsThatOfTheOwnGroup() {
    reports("00", "01");
    listener.accessChanged(AccessState.TRANSITIONING);
    reports("00", "0f");
    listener.accessChanged(AccessState.OPTIMIZED);
    assertThat(answer(READY)).isEqualTo("2a06");
    reports("00", "00");
    listener.accessChanged(AccessState.UNAVAILABLE);
    assertThat(answer(READY)).isEqualTo("2a06");
    assertThat(answer(READY)).isEqualTo("040c");
    reports("00", "03");
    listener.accessChanged(AccessState.NON_OPTIMIZED);
    assertThat(answer(READY)).isEqualTo("2a06");
    reports("00", "01");
  }

  @Test
  void clusterSaysHowTheOthersDoAndTheFrontHowThisNodeDoes() {
    listener.accessChanged(AccessState.OPTIMIZED);
    listener.groups(
        groups(
            io.tharsis.server.scsi.AccessState.NON_OPTIMIZED,
            io.tharsis.server.scsi.AccessState.NON_OPTIMIZED));
    assertThat(answer(READY)).isEqualTo("2a06");
    reports("01", "00");
  }

  @Test
  void newSizeAndNewStartAreTold() {
    volume.bytes = 2 << 20;
    listener.resized(0);
    listener.restarted();
    assertThat(answer(READY)).isEqualTo("2900");
    assertThat(answer(READY)).isEqualTo("2a09");
    assertThat(answer("25000000000000000000")).isEqualTo("00000fff00000200");
  }
}
