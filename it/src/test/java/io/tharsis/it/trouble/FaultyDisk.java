package io.tharsis.it.trouble;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A real disk with troubles added: slow, or failing for reads of a range or for every sync. The
 * troubles may be changed by any thread; everything else belongs to the owner of the disk.
 */
final class FaultyDisk extends ForwardingDisk {

  /**
   * What is wrong with a disk.
   *
   * @param writeDelay before each write, sync and punch begins
   * @param unreadable reads that touch it fail; empty for none
   * @param syncs whether they fail
   */
  record Troubles(Duration writeDelay, Optional<Range> unreadable, Syncs syncs) {

    /** What becomes of syncs. */
    enum Syncs {
      WORK,
      FAIL
    }

    static final Troubles NONE = new Troubles(Duration.ZERO, Optional.empty(), Syncs.WORK);

    static Troubles slow(Duration delay) {
      return new Troubles(delay, Optional.empty(), Syncs.WORK);
    }

    static Troubles unreadable(Range range) {
      return new Troubles(Duration.ZERO, Optional.of(range), Syncs.WORK);
    }

    static Troubles failingSyncs() {
      return new Troubles(Duration.ZERO, Optional.empty(), Syncs.FAIL);
    }
  }

  private final Clock clock;
  private volatile Troubles troubles = Troubles.NONE;

  FaultyDisk(Disk disk, Clock clock) {
    super(disk);
    this.clock = clock;
  }

  void become(Troubles now) {
    troubles = now;
  }

  private void later(Runnable operation) {
    Duration delay = troubles.writeDelay();
    if (delay.isZero()) {
      operation.run();
    } else {
      clock.after(delay, operation);
    }
  }

  /** Fails as the seam asks for it: after the call that started the operation. */
  private void fail(String what, Completion done) {
    clock.after(Duration.ZERO, () -> done.failed(new IOException(name() + ": " + what)));
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    long to = offset + into.remaining();
    if (troubles.unreadable().filter(bad -> offset < bad.to() && bad.from() < to).isPresent()) {
      fail("Input/output error", done);
    } else {
      super.read(into, offset, done);
    }
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    later(() -> super.write(extents, durability, done));
  }

  @Override
  public void sync(Completion done) {
    switch (troubles.syncs()) {
      case WORK -> later(() -> super.sync(done));
      case FAIL -> fail("Input/output error", done);
    }
  }

  @Override
  public void punch(Range range, Completion done) {
    later(() -> super.punch(range, done));
  }
}
