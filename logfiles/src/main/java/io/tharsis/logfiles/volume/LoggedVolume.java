package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A volume at its primary: writes go into the log, reads consult the overlay and then the disk.
 * Belongs to its {@link LoggedResource} and lives on its owner.
 */
final class LoggedVolume implements Volume {

  private final LoggedResource resource;
  private final VolumeCopy copy;
  private final WriteCache writeCache;

  LoggedVolume(LoggedResource resource, VolumeCopy copy, WriteCache writeCache) {
    this.resource = resource;
    this.copy = copy;
    this.writeCache = writeCache;
  }

  @Override
  public UUID resourceId() {
    return resource.id();
  }

  @Override
  public int number() {
    return copy.number();
  }

  @Override
  public long sizeBytes() {
    return copy.sizeBytes();
  }

  @Override
  public WriteCache writeCache() {
    return writeCache;
  }

  VolumeCopy copy() {
    return copy;
  }

  Log log() {
    return resource.log();
  }

  @Override
  public void read(long offset, ByteBuffer into, VolumeCompletion done) {
    if (!resource.isReadable()) {
      VolumeFault fault = resource.unreadable();
      resource.owner().execute(() -> done.failed(fault));
      return;
    }
    resource.counters().read(into.remaining());
    readUncounted(offset, into, done);
  }

  /** Reads for somebody who is not an initiator; the resource is readable. */
  void readUncounted(long offset, ByteBuffer into, VolumeCompletion done) {
    Operations.Operation ended = resource.tracked(done);
    resource.orFail(() -> {
      if (copy.overlay().intersects(offset, offset + into.remaining())) {
        new OverlayRead(this, offset, into, ended).start();
      } else {
        copy.disk().read(into, offset, ended.lend(new DiskRead(ended)));
      }
    });
  }

  /** A read that the disk alone answers. */
  private record DiskRead(VolumeCompletion done) implements Completion {
    @Override
    public void succeeded() {
      done.succeeded();
    }

    @Override
    public void failed(IOException cause) {
      done.failed(VolumeFault.READ_FAILED);
    }
  }

  @Override
  public Ticket write(
      long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done) {
    resource.counters().write(from.remaining());
    return resource.submit(
        new PendingWrite(this, offset, from, forceUnitAccess, resource.tracked(done)));
  }

  @Override
  public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
    return resource.submit(new PendingUnmap(this, offset, lengthBytes, resource.tracked(done)));
  }

  @Override
  public void flush(VolumeCompletion done) {
    if (!resource.isReadable()) {
      VolumeFault fault = resource.unreadable();
      resource.owner().execute(() -> done.failed(fault));
      return;
    }
    Operations.Operation ended = resource.tracked(done);
    // With a durable cache, what has completed before has kept its promise already.
    resource.orFail(() ->
        log()
            .whenDurable(
                log().marks().appended(),
                writeCache == WriteCache.FLUSH
                    ? resource.answers().to(ended, log().marks().appended())
                    : completion(ended)));
  }

  @Override
  public boolean withdraw(VolumeCompletion done) {
    resource.abandon(done);
    return false;
  }

  /** Appends a record and lets reads know where its range is now. Room was admitted. */
  void append(Entry entry, ByteBuffer payload) {
    long lsn = log().append(entry, payload);
    copy.cover(entry, lsn);
  }

  /** Completes when everything appended so far is what GOOD on a write of this volume means. */
  void await(boolean forceUnitAccess, Operations.Operation done) {
    long lsn = log().marks().appended();
    if (forceUnitAccess || writeCache == WriteCache.DURABLE) {
      log().whenDurable(lsn, resource.answers().to(done, lsn));
    } else {
      log().whenWritten(lsn, completion(done));
    }
  }

  private static Completion completion(VolumeCompletion done) {
    return Completion.of(done::succeeded, cause -> done.failed(VolumeFault.LOG_STOPPED));
  }

  /** LSN below which this volume's readers may see what is in the log. */
  long visibleLsn() {
    return switch (writeCache) {
      case DURABLE -> log().marks().durable();
      case FLUSH -> log().marks().written();
    };
  }

  /** Calls back when readers may see what is below {@code lsn}. */
  void whenVisible(long lsn, Completion done) {
    switch (writeCache) {
      case DURABLE -> log().whenDurable(lsn, done);
      case FLUSH -> log().whenWritten(lsn, done);
    }
  }
}
