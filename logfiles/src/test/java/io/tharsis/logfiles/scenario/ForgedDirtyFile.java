package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;

/** The file that says what is to be synced, into which something else is written than was given. */
public final class ForgedDirtyFile extends ForwardingDisk {

  private final UnaryOperator<DirtyRegions> forger;

  /** Of each slot that is written the forger says what it is to be. */
  public ForgedDirtyFile(Disk behind, UnaryOperator<DirtyRegions> forger) {
    super(behind);
    this.forger = forger;
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    behind().write(List.of(forged(extents.getFirst())), durability, done);
  }

  private Extent forged(Extent slot) {
    ByteBuffer whole = ByteBuffer.allocateDirect(DirtyRegions.SLOT_BYTES);
    slot.from().forEach(part -> whole.put(part.duplicate()));
    DirtyRegions written = DirtyRegions.decode(whole.clear(), 0).sound().orElseThrow();
    ByteBuffer into = ByteBuffer.allocateDirect(DirtyRegions.SLOT_BYTES);
    int bytes = forger.apply(written).encode(into);
    return Extent.of(slot.offset(), into.clear().limit(bytes).slice());
  }
}
