package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import java.util.List;

/** A disk none of whose writes is durable before somebody syncs it, whatever was asked for. */
public class Unforced extends ForwardingDisk {

  /** Everything else is as at {@code behind}. */
  public Unforced(Disk behind) {
    super(behind);
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    behind().write(extents, Durability.BUFFERED, done);
  }
}
