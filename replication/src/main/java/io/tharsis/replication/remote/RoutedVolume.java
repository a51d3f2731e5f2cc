package io.tharsis.replication.remote;

import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Work;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * One volume of a resource at a node that serves it, wherever the primary is. Belongs to its {@link
 * Front}, which knows where operations go. Whoever takes an operation back and is told that it is
 * too late waits for its completion: when that comes, nothing of it can take effect any more.
 */
public final class RoutedVolume implements Volume {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final Front front;
  private final int number;
  private Front.Shape shape;

  RoutedVolume(Front front, int number, Front.Shape shape) {
    this.front = front;
    this.number = number;
    this.shape = shape;
  }

  /** What the primary says of it; whether that is new. */
  boolean become(Front.Shape now) {
    boolean changed = !shape.equals(now);
    shape = now;
    return changed;
  }

  @Override
  public UUID resourceId() {
    return front.resourceId();
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public long sizeBytes() {
    return shape.sizeBytes();
  }

  @Override
  public WriteCache writeCache() {
    return shape.writeCache();
  }

  @Override
  public void read(long offset, ByteBuffer into, VolumeCompletion done) {
    begin(new Work(Kind.READ, false, number, offset, into.remaining()), into, done);
  }

  @Override
  public Ticket write(
      long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done) {
    Work work = new Work(Kind.WRITE, forceUnitAccess, number, offset, from.remaining());
    return begin(work, from, done);
  }

  @Override
  public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
    return begin(new Work(Kind.UNMAP, false, number, offset, lengthBytes), NOTHING, done);
  }

  @Override
  public void flush(VolumeCompletion done) {
    begin(new Work(Kind.FLUSH, false, number, 0, 0), NOTHING, done);
  }

  @Override
  public boolean withdraw(VolumeCompletion done) {
    return front.withdraw(done);
  }

  private RoutedOperation begin(Work work, ByteBuffer data, VolumeCompletion done) {
    return front.begin(new RoutedOperation.Order(work, data, done));
  }
}
