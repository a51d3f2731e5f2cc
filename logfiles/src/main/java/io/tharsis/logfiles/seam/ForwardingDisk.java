package io.tharsis.logfiles.seam;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk that does what the one behind it does; a subclass changes what it is made for. Closing it
 * closes the one behind.
 */
public abstract class ForwardingDisk implements Disk {

  private final Disk behind;

  /** Everything goes to {@code behind}, which belongs to this disk from now on. */
  protected ForwardingDisk(Disk behind) {
    this.behind = behind;
  }

  /** The disk that everything goes to. */
  protected final Disk behind() {
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
  public Async<Void> grow(long sizeBytes) {
    return behind.grow(sizeBytes);
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
