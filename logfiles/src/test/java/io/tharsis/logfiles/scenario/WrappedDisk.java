package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk that does what the one behind it does, to be changed in one point. */
abstract class WrappedDisk implements Disk {

  private final Disk behind;

  WrappedDisk(Disk behind) {
    this.behind = behind;
  }

  Disk behind() {
    return behind;
  }

  @Override
  public String name() {
    return behind.name();
  }

  @Override
  public long sizeBytes() {
    return behind.sizeBytes();
  }

  @Override
  public String identity() {
    return behind.identity();
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    behind.read(into, offset, done);
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    behind.write(extents, durability, done);
  }

  @Override
  public void sync(Completion done) {
    behind.sync(done);
  }

  @Override
  public void punch(Range range, Completion done) {
    behind.punch(range, done);
  }

  @Override
  public Async<List<Range>> allocated() {
    return behind.allocated();
  }

  @Override
  public Async<Long> freeBytes() {
    return behind.freeBytes();
  }

  @Override
  public Async<Void> close() {
    return behind.close();
  }
}
