package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A medium as one incarnation has it open. Each operation takes its latency, then has its effect,
 * and then posts its completion: a crash can come between any two of these.
 */
public final class SimDisk implements Disk {

  /** What an operation does when its time has come. */
  @FunctionalInterface
  private interface Effect {
    void take() throws IOException;
  }

  private final SimMedium medium;
  private final SimOwner owner;
  private int unfinished;
  private boolean closed;

  SimDisk(SimMedium medium, SimOwner owner) {
    this.medium = medium;
    this.owner = owner;
  }

  @Override
  public String name() {
    return medium.name();
  }

  @Override
  public long sizeBytes() {
    return medium.sizeBytes();
  }

  @Override
  public Async<Void> grow(long sizeBytes) {
    checkUse(0, 1);
    return Async.start(done -> start("grow", sizeBytes, done, () -> medium.grow(sizeBytes)));
  }

  @Override
  public String identity() {
    return medium.identity();
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    checkUse(offset, into.remaining());
    Invariant.check(into.isDirect() && !into.isReadOnly(), "a buffer to read into");
    Range range = new Range(offset, offset + into.remaining());
    int position = into.position();
    start("read", offset, done, () -> takeRead(range, into, position));
  }

  private void takeRead(Range range, ByteBuffer into, int position) throws IOException {
    if (medium.isCheckingBuffers()
        && (into.position() != position || into.remaining() != range.lengthBytes())) {
      throw new AssertionError("a buffer was moved while it was being read into");
    }
    if (medium.faults().strikes(Fault.READ_ERROR) || medium.isUnreadable(range)) {
      throw medium.inputOutputError();
    }
    for (SimWrite write : medium.inFlight()) {
      write.applyWithin(range, medium.content(), () -> medium.random().chance(0.5));
    }
    medium.content().read(range.from(), into);
    if (medium.faults().strikes(Fault.ROTTEN_READ)) {
      int at = position + medium.random().below(into.remaining());
      into.put(at, (byte) (into.get(at) ^ 1 << medium.random().below(Byte.SIZE)));
    }
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    Invariant.check(!extents.isEmpty(), "a write of nothing");
    extents.forEach(extent -> checkUse(extent.offset(), extent.lengthBytes()));
    SimWrite write = new SimWrite(extents, durability);
    medium.inFlight().add(write);
    medium.observe("bytes", write.submittedDigest());
    start("write", extents.getFirst().offset(), done, () -> takeWrite(write));
  }

  private void takeWrite(SimWrite write) throws IOException {
    medium.inFlight().remove(write);
    if (medium.isCheckingBuffers() && !write.isUnchanged()) {
      throw new AssertionError("a buffer changed while it was being written: " + medium.name());
    }
    SimFaults faults = medium.faults();
    if (faults.strikes(Fault.LOST_WRITE)) {
      return;
    }
    for (Extent extent : write.extents()) {
      medium.allocate(SimWrite.range(extent));
    }
    if (faults.strikes(Fault.WRITE_ERROR)) {
      write.apply(medium.content(), () -> medium.random().chance(0.5));
      throw medium.inputOutputError();
    }
    boolean misdirected = faults.strikes(Fault.MISDIRECTED_WRITE);
    boolean failing = write.durability() == Durability.DURABLE && faults.strikes(Fault.SYNC_ERROR);
    for (Extent extent : write.extents()) {
      byte[] bytes = SimWrite.bytes(extent);
      put(misdirected ? elsewhere(extent) : extent.offset(), bytes, write.durability(), failing);
    }
    if (failing) {
      throw medium.inputOutputError();
    }
  }

  private void put(long offset, byte[] bytes, Durability durability, boolean failing) {
    SimContent content = medium.content();
    medium.repair(new Range(offset, offset + bytes.length));
    if (failing) {
      content.write(offset, bytes);
      content.forget(offset, bytes.length);
    } else if (durability == Durability.DURABLE && !medium.faults().strikes(Fault.LYING_SYNC)) {
      content.writeDurable(offset, bytes);
    } else {
      content.write(offset, bytes);
    }
  }

  private long elsewhere(Extent extent) {
    long places = (medium.sizeBytes() - extent.lengthBytes()) / SimContent.SECTOR_BYTES + 1;
    return medium.random().below(places) * SimContent.SECTOR_BYTES;
  }

  @Override
  public void sync(Completion done) {
    checkUse(0, 1);
    long upToWrite = medium.content().lastWrite();
    start("sync", upToWrite, done, () -> takeSync(upToWrite));
  }

  private void takeSync(long upToWrite) throws IOException {
    if (medium.faults().strikes(Fault.SYNC_ERROR)) {
      medium.content().failSync(upToWrite, medium.random());
      throw medium.inputOutputError();
    }
    if (!medium.faults().strikes(Fault.LYING_SYNC)) {
      medium.content().sync(upToWrite);
    }
  }

  @Override
  public void punch(Range range, Completion done) {
    checkUse(range.from(), range.lengthBytes());
    start("punch", range.from(), done, () -> takePunch(range));
  }

  private void takePunch(Range range) throws IOException {
    if (medium.faults().strikes(Fault.PUNCH_ERROR)) {
      throw medium.inputOutputError();
    }
    medium.content().zero(range);
    medium.deallocate(range);
  }

  @Override
  public Async<List<Range>> allocated() {
    checkUse(0, 1);
    Async<List<Range>> result = new Async<>();
    medium.run(
        "allocated",
        () -> {
          List<Range> ranges = medium.allocated();
          owner.execute(() -> result.succeed(ranges));
        });
    return result;
  }

  @Override
  public Async<Long> freeBytes() {
    checkUse(0, 1);
    Async<Long> result = new Async<>();
    medium.run(
        "free",
        () -> {
          long free = medium.freeBytes();
          owner.execute(() -> result.succeed(free));
        });
    return result;
  }

  @Override
  public Async<Void> close() {
    checkUse(0, 1);
    Invariant.check(unfinished == 0, "closed with operations unfinished", unfinished);
    closed = true;
    medium.closed();
    Async<Void> result = new Async<>();
    owner.execute(() -> result.succeed(null));
    return result;
  }

  private void checkUse(long offset, long length) {
    Invariant.check(owner.isCurrent() && !closed, "not on the owner of the disk, or closed");
    Invariant.check(
        offset >= 0 && length > 0 && offset <= medium.sizeBytes() - length,
        "outside the disk",
        offset,
        length,
        medium.sizeBytes());
  }

  private void start(String operation, long where, Completion done, Effect effect) {
    unfinished++;
    medium.observe(operation, where);
    medium.run(
        operation + " " + medium.name(),
        () -> {
          Optional<IOException> failure = outcome(effect);
          owner.execute(() -> {
            unfinished--;
            failure.ifPresentOrElse(done::failed, done::succeeded);
          });
        });
  }

  private static Optional<IOException> outcome(Effect effect) {
    try {
      effect.take();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }
}
