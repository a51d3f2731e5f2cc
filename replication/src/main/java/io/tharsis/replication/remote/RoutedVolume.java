package io.tharsis.replication.remote;

import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * One volume of a resource at a node that serves it, wherever the primary is. Belongs to its {@link
 * Front}, which knows where operations go.
 */
public final class RoutedVolume implements Volume {

  private final Front front;
  private final int number;
  private Front.Shape shape;

  RoutedVolume(Front front, int number, Front.Shape shape) {
    this.front = front;
    this.number = number;
    this.shape = shape;
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
    front.fail(done, VolumeFault.NOT_READY);
  }

  @Override
  public Ticket write(
      long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done) {
    front.fail(done, VolumeFault.NOT_READY);
    return () -> false;
  }

  @Override
  public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
    front.fail(done, VolumeFault.NOT_READY);
    return () -> false;
  }

  @Override
  public void flush(VolumeCompletion done) {
    front.fail(done, VolumeFault.NOT_READY);
  }
}
