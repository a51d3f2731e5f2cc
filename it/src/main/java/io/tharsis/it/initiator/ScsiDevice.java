package io.tharsis.it.initiator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Blocking, copying commands on one session, for tests that care about what happens and not how
 * fast. Does not own the initiator. Every method throws {@link CommandFailedException} where the
 * command does not end GOOD, and {@link ConnectionLostException} where the connection breaks.
 */
public final class ScsiDevice {

  private static final int READ_CAPACITY_BYTES = 32;
  private static final int UNMAP_HEADER_BYTES = 8;
  private static final int UNMAP_DESCRIPTOR_BYTES = 16;

  private final Initiator initiator;

  public ScsiDevice(Initiator initiator) {
    this.initiator = initiator;
  }

  /**
   * What READ CAPACITY (16) says.
   *
   * @param blocks number of logical blocks
   * @param blockBytes size of one
   */
  public record Capacity(long blocks, int blockBytes) {
    /** Size of the logical unit. */
    public long bytes() {
      return blocks * blockBytes;
    }
  }

  public void testUnitReady() throws IOException {
    command(Cdb.testUnitReady());
  }

  /** Standard INQUIRY data, as much as the target sent. */
  public byte[] inquiry() throws IOException {
    return in(Cdb.inquiry(255), 255);
  }

  /** One page of vital product data, as much as the target sent. */
  public byte[] inquiryVpd(int page) throws IOException {
    return in(Cdb.inquiryVpd(page, 255), 255);
  }

  /** What REPORT TARGET PORT GROUPS says (SPC-4 6.37), as much as the target sent. */
  public byte[] reportTargetPortGroups() throws IOException {
    return in(Cdb.raw(0xA3, 0x0A, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0), 255);
  }

  public Capacity readCapacity16() throws IOException {
    ByteBuffer data =
        ByteBuffer.wrap(in(Cdb.readCapacity16(READ_CAPACITY_BYTES), READ_CAPACITY_BYTES));
    return new Capacity(data.getLong(0) + 1, data.getInt(8));
  }

  /** READ (16). */
  public byte[] read(long lba, int blocks, int blockBytes) throws IOException {
    return in(Cdb.read16(lba, blocks), blocks * blockBytes);
  }

  /** WRITE (16) without FUA. */
  public void write(long lba, byte[] data, int blockBytes) throws IOException {
    out(Cdb.write16(lba, data.length / blockBytes, false), data);
  }

  /** SYNCHRONIZE CACHE (10) of the whole logical unit. */
  public void synchronizeCache() throws IOException {
    command(Cdb.synchronizeCache10(0, 0));
  }

  /** UNMAP of one range. */
  public void unmap(long lba, int blocks) throws IOException {
    int descriptors = UNMAP_DESCRIPTOR_BYTES;
    ByteBuffer list = ByteBuffer.allocate(UNMAP_HEADER_BYTES + descriptors);
    list.putShort((short) (list.capacity() - 2)).putShort((short) descriptors).putInt(0);
    list.putLong(lba).putInt(blocks).putInt(0);
    out(Cdb.unmap(list.capacity()), list.array());
  }

  /** Any command without data. */
  public void command(Cdb cdb) throws IOException {
    good(cdb, execute(cdb, Payload.NONE));
  }

  /**
   * Any command with data from the target; shorter than expected where the target reports an
   * underflow.
   */
  public byte[] in(Cdb cdb, int expectedBytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(expectedBytes);
      CommandResult result = good(cdb, execute(cdb, Payload.in(memory)));
      byte[] data = memory.toArray(JAVA_BYTE);
      return Arrays.copyOf(data, (int) (expectedBytes - result.underflowBytes()));
    }
  }

  /** Any command with data for the target. */
  public void out(Cdb cdb, byte[] data) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(data.length);
      memory.copyFrom(MemorySegment.ofArray(data));
      good(cdb, execute(cdb, Payload.out(memory)));
    }
  }

  /** As initiators do, it hears that the role of primary has moved and gives the command again. */
  private CommandResult execute(Cdb cdb, Payload payload) throws IOException {
    CommandResult result = initiator.execute(cdb, payload);
    return result.isAccessChanged() ? initiator.execute(cdb, payload) : result;
  }

  private static CommandResult good(Cdb cdb, CommandResult result) throws CommandFailedException {
    if (!result.isGood()) {
      throw new CommandFailedException(cdb, result);
    }
    return result;
  }
}
