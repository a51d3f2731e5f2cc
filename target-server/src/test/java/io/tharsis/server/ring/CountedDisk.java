package io.tharsis.server.ring;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Says what of a ring disk's work went past the ring: counts, and fails what it should not see. */
final class CountedDisk implements Disk {

  private final Owner owner;
  private final long sizeBytes;
  int reads;
  int writes;
  int syncs;
  int closes;

  CountedDisk(Owner owner, long sizeBytes) {
    this.owner = owner;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public String identity() {
    return "counted-1";
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    reads++;
    fail(done);
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    writes++;
    fail(done);
  }

  @Override
  public void sync(Completion done) {
    syncs++;
    fail(done);
  }

  @Override
  public void punch(Range range, Completion done) {
    fail(done);
  }

  private void fail(Completion done) {
    owner.execute(() -> done.failed(new IOException("delegated")));
  }

  @Override
  public Async<List<Range>> allocated() {
    return Async.of(List.of());
  }

  @Override
  public Async<Long> freeBytes() {
    return Async.of(Long.MAX_VALUE);
  }

  @Override
  public Async<Void> close() {
    closes++;
    return Async.done();
  }
}
