package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A disk as it will be: what is written goes into a side log, what is read comes from there or else
 * from the disk, which stays as it is. What is beyond the end of the staged volume is no part of
 * what the disk is worth, and goes to the disk itself. Belongs to a {@link Stage}.
 */
final class StagedDisk extends ForwardingDisk {

  /** A change that may still wait for room in the side log. */
  private record Waiting(Ticket ticket, Async<Void> result) {}

  private final Volume side;
  private final Supplier<Async<Void>> proving;
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean closing;

  /**
   * @param side what holds the volume as it will be
   * @param proving makes durable how far the side log is, so that none of it can be lost unnoticed
   */
  StagedDisk(Disk behind, Volume side, Supplier<Async<Void>> proving) {
    super(behind);
    this.side = side;
    this.proving = proving;
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    split(
        new Range(offset, offset + into.remaining()),
        staged -> {
          Async<Void> result = new Async<>();
          side.read(
              staged.from(), part(into, offset, staged), new Reporting(result, "a staged read"));
          return result;
        },
        beyond ->
            Async.start(ended -> behind().read(part(into, offset, beyond), beyond.from(), ended)),
        done);
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    boolean durable = durability == Durability.DURABLE;
    Async.forEach(extents, extent -> write(extent, durable))
        .observe(ended -> done.succeeded(), done::failed);
  }

  private Async<Void> write(Extent extent, boolean durable) {
    long[] at = {extent.offset()};
    return Async.forEach(
        extent.from(),
        buffer -> {
          long offset = at[0];
          at[0] += buffer.remaining();
          return Async.start(done -> write(buffer, offset, durable, done));
        });
  }

  private void write(ByteBuffer from, long offset, boolean durable, Completion done) {
    split(
        new Range(offset, offset + from.remaining()),
        staged ->
            change(end -> side.write(staged.from(), part(from, offset, staged), durable, end)),
        beyond -> {
          Extent rest = Extent.of(beyond.from(), part(from, offset, beyond));
          Durability how = durable ? Durability.DURABLE : Durability.BUFFERED;
          return Async.start(ended -> behind().write(List.of(rest), how, ended));
        },
        done);
  }

  @Override
  public void punch(Range range, Completion done) {
    split(
        range,
        staged -> change(end -> side.unmap(staged.from(), staged.lengthBytes(), end)),
        beyond -> Async.start(ended -> behind().punch(beyond, ended)),
        done);
  }

  /** What was found to be right on the disk must be stable there, and what was not in the log. */
  @Override
  public void sync(Completion done) {
    Async<Void> flushed = new Async<>();
    side.flush(new Reporting(flushed, "making the side log durable"));
    flushed
        .then(stable -> proving.get())
        .then(proved -> Async.start(behind()::sync))
        .observe(ended -> done.succeeded(), done::failed);
  }

  /** It belongs to its stage, which closes it. */
  @Override
  public Async<Void> close() {
    return Async.done();
  }

  private static ByteBuffer part(ByteBuffer whole, long offset, Range part) {
    return whole.slice(
        whole.position() + Math.toIntExact(part.from() - offset),
        Math.toIntExact(part.lengthBytes()));
  }

  private void split(
      Range range,
      Function<Range, Async<Void>> staged,
      Function<Range, Async<Void>> beyond,
      Completion done) {
    long end = side.sizeBytes();
    Async<Void> first =
        range.from() < end
            ? staged.apply(new Range(range.from(), Math.min(range.to(), end)))
            : Async.done();
    first
        .then(ended ->
            range.to() > end
                ? beyond.apply(new Range(Math.max(range.from(), end), range.to()))
                : Async.done())
        .observe(ended -> done.succeeded(), done::failed);
  }

  private Async<Void> change(Function<VolumeCompletion, Ticket> submitted) {
    if (closing) {
      return Async.failed(new IOException("the stage is being closed"));
    }
    Async<Void> result = new Async<>();
    Waiting change = new Waiting(submitted.apply(new Reporting(result, "a staged write")), result);
    waiting.add(change);
    return result
        .map(done -> {
          waiting.remove(change);
          return (Void) null;
        })
        .orElse(cause -> {
          waiting.remove(change);
          return Async.failed(cause);
        });
  }

  /** What waits for room in the side log waits no more; whether anything did. */
  boolean refuseWaiting(String reason) {
    List<Waiting> refused =
        List.copyOf(waiting).stream().filter(one -> one.ticket().cancel()).toList();
    refused.forEach(one -> one.result().fail(new NoSpaceException(reason)));
    return !refused.isEmpty();
  }

  /** Nothing is staged any more. */
  void halt() {
    closing = true;
    refuseWaiting("the stage is being closed");
  }
}
