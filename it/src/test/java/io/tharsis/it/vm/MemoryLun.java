package io.tharsis.it.vm;

import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.WriteCache;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.UUID;

/**
 * A volume in memory that can be held, as one is whose primary is looked for. Lives on its owner.
 */
final class MemoryLun implements Volume {

  private final Owner owner;
  private final ByteBuffer content;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean held;

  MemoryLun(Owner owner, int bytes) {
    this.owner = owner;
    content = ByteBuffer.allocateDirect(bytes);
  }

  /** From now on everything waits. */
  void hold() {
    held = true;
  }

  /** What has waited is done, and nothing waits any more. */
  void release() {
    held = false;
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  private void begin(Runnable effect, VolumeCompletion done) {
    Runnable operation =
        () -> {
          effect.run();
          owner.execute(done::succeeded);
        };
    if (held) {
      waiting.add(operation);
    } else {
      operation.run();
    }
  }

  @Override
  public UUID resourceId() {
    return new UUID(0x5eed, 1);
  }

  @Override
  public int number() {
    return 0;
  }

  @Override
  public long sizeBytes() {
    return content.capacity();
  }

  @Override
  public WriteCache writeCache() {
    return WriteCache.DURABLE;
  }

  @Override
  public void read(long offset, ByteBuffer into, VolumeCompletion done) {
    begin(() -> into.duplicate().put(content.slice((int) offset, into.remaining())), done);
  }

  @Override
  public Ticket write(
      long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done) {
    begin(() -> content.put((int) offset, from, from.position(), from.remaining()), done);
    return () -> false;
  }

  @Override
  public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
    begin(() -> content.put((int) offset, new byte[(int) lengthBytes]), done);
    return () -> false;
  }

  @Override
  public void flush(VolumeCompletion done) {
    begin(() -> {}, done);
  }
}
