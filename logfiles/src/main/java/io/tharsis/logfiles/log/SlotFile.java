package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A file with two slots, see {@link Slots}. An update goes to the slot that is not in force, with
 * one durable write and no rename; one that failed is repeated in the same slot, so the other stays
 * good. Belongs to the owner the disk was opened for.
 */
public final class SlotFile<T extends Slots.Content> {

  /** How the content looks in its slot. */
  public interface Layout<T> {
    /** Bytes of a slot, a multiple of {@link LogLimits#BLOCK_BYTES}. */
    int slotBytes();

    /** Writes the content to the beginning of the buffer; gives how many bytes, whole blocks. */
    int encode(T content, ByteBuffer into);

    /** Reads what is at an index; never throws. */
    Reading<T> decode(ByteBuffer from, int at);
  }

  private final Disk disk;
  private final Layout<T> layout;
  private final ByteBuffer slot;
  private T inForce;
  private boolean writing;

  /** The content in force is known, or is what {@link #write} will write first. */
  public SlotFile(Disk disk, Layout<T> layout, T inForce) {
    this.disk = disk;
    this.layout = layout;
    this.inForce = inForce;
    this.slot = LogBuffers.aligned(layout.slotBytes());
  }

  /** Which of the two slots is in force. */
  public static <T extends Slots.Content> Async<Slots.Decision<T>> decide(
      Disk disk, Layout<T> layout) {
    ByteBuffer slots = ByteBuffer.allocateDirect(2 * layout.slotBytes());
    return Async.start(done -> disk.read(slots, 0, done))
        .map(done ->
            Slots.newest(
                layout.decode(slots, Slots.Slot.A.offset(layout.slotBytes())),
                layout.decode(slots, Slots.Slot.B.offset(layout.slotBytes()))));
  }

  /** What is durable, or will be written first. */
  public T inForce() {
    return inForce;
  }

  /** Writes a content durably; then it is in force. One at a time. */
  public Async<Void> write(T content) {
    Invariant.check(!writing, "one update of two slots at a time");
    writing = true;
    int bytes = layout.encode(content, slot);
    Extent extent = Extent.of(content.slot().offset(layout.slotBytes()), slot.slice(0, bytes));
    return Async.start(done -> disk.write(List.of(extent), Durability.DURABLE, done))
        .map(done -> {
          writing = false;
          inForce = content;
          return (Void) null;
        })
        .orElse(cause -> {
          writing = false;
          return Async.failed(cause);
        });
  }

  /** Closes the file; no update is under way. */
  public Async<Void> close() {
    return disk.close();
  }
}
