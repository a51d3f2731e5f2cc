package io.tharsis.server.ring;

import io.netty.channel.IoEventLoop;
import io.tharsis.logfiles.host.Errno;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A disk whose reads and, where asked for, syncs and aligned writes go through the io_uring of the
 * owner's event loop; everything else goes to the disk it was made from, which has the same file
 * open. Belongs to the owner, who lives on that loop.
 *
 * <p>Reads use the page cache: a hit costs no switch of threads and a miss does not block the loop.
 * Direct writes leave the page cache out; the kernel drops the pages they cover, so the two agree
 * as long as nobody reads a range while it is being written. Buffered writes never go through the
 * ring: ext4 hands each of them to a kernel worker, which costs more than a thread of ours.
 */
public final class RingDisk extends ForwardingDisk {

  /** How writes that are aligned are made. */
  public enum Writes {
    /** {@code O_DIRECT} on the ring, with {@code RWF_DSYNC} where they must be durable. */
    DIRECT,
    /** By the disk this one was made from, and syncs too. */
    DELEGATED
  }

  /** What the address, offset and length of a direct write are multiples of, in bytes. */
  public static final int ALIGNMENT_BYTES = 4096;

  /**
   * The file as the kernel knows it, open in the delegate.
   *
   * @param buffered through the page cache
   * @param direct with {@code O_DIRECT}; empty if writes are not the ring's
   */
  record Descriptors(int buffered, OptionalInt direct) {}

  private final Ring ring;
  private final Descriptors file;
  private final VectorPool vectors = new VectorPool();

  private RingDisk(Disk delegate, Ring ring, Descriptors file) {
    super(delegate);
    this.ring = ring;
    this.file = file;
  }

  /**
   * Puts an open disk on the ring; call it on the owner. On success the new disk owns the delegate
   * and closes it; on failure the delegate is as it was.
   *
   * @param delegate opened with {@link HostDisk.Options#DIRECT} if writes are to be direct
   * @param loop an io_uring loop, the one the owner lives on
   */
  public static Async<Disk> open(HostDisk delegate, IoEventLoop loop, Owner owner, Writes writes) {
    OptionalInt direct =
        switch (writes) {
          case DIRECT -> delegate.directDescriptor();
          case DELEGATED -> OptionalInt.empty();
        };
    return writes == Writes.DIRECT && direct.isEmpty()
        ? Async.failed(new IOException(delegate.name() + ": no direct I/O on this file system"))
        : open(delegate, new Descriptors(delegate.descriptor(), direct), loop, owner);
  }

  static Async<Disk> open(Disk delegate, Descriptors file, IoEventLoop loop, Owner owner) {
    return Ring.register(loop, owner).map(ring -> new RingDisk(delegate, ring, file));
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    if (into.isDirect() && into.hasRemaining() && isInside(offset, into.remaining())) {
      new Read(into, offset, done).submit();
    } else {
      super.read(into, offset, done);
    }
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    if (file.direct().isEmpty() || !areAllAligned(extents)) {
      super.write(extents, durability, done);
      return;
    }
    int flags =
        switch (durability) {
          case DURABLE -> Ring.WRITE_DURABLE;
          case BUFFERED -> Ring.WRITE_PLAIN;
        };
    Completion each = extents.size() == 1 ? done : new Countdown(extents.size(), done);
    for (Extent extent : extents) {
      new Write(file.direct().getAsInt(), extent, flags, each).submit();
    }
  }

  @Override
  public void sync(Completion done) {
    if (file.direct().isPresent()) {
      new Sync(done).submit();
    } else {
      super.sync(done);
    }
  }

  @Override
  public Async<Void> close() {
    Invariant.check(ring.inFlight() == 0, "closed with operations in flight", ring.inFlight());
    ring.close();
    vectors.close();
    return super.close();
  }

  private boolean isInside(long offset, long lengthBytes) {
    return offset >= 0 && lengthBytes <= sizeBytes() - offset;
  }

  private boolean areAllAligned(List<Extent> extents) {
    for (Extent extent : extents) {
      if (!isAligned(extent.offset()) || !isInside(extent.offset(), extent.lengthBytes())) {
        return false;
      }
      for (ByteBuffer buffer : extent.from()) {
        if (!isAligned(buffer.remaining()) || !isAligned(Ring.address(buffer))) {
          return false;
        }
      }
    }
    return !extents.isEmpty();
  }

  private static boolean isAligned(long value) {
    return (value & (ALIGNMENT_BYTES - 1)) == 0;
  }

  private IOException failure(String what, int result) {
    return Errno.exception(what + " " + name(), result);
  }

  private static boolean isToBeRepeated(int result) {
    return result == -Errno.EINTR || result == -Errno.EAGAIN;
  }

  private final class Read extends Ring.Request {
    private final ByteBuffer into;
    private final long offset;
    private final Completion done;
    private int doneBytes;

    Read(ByteBuffer into, long offset, Completion done) {
      this.into = into;
      this.offset = offset;
      this.done = done;
    }

    void submit() {
      var memory = new Ring.Memory(Ring.address(into) + doneBytes, into.remaining() - doneBytes);
      ring.read(this, file.buffered(), memory, offset + doneBytes);
    }

    @Override
    void ended(int result) {
      if (result > 0) {
        doneBytes += result;
      }
      if (doneBytes == into.remaining()) {
        done.succeeded();
      } else if (result > 0 || isToBeRepeated(result)) {
        submit();
      } else if (result == 0) {
        done.failed(new EOFException("read " + name() + ": it ends at " + (offset + doneBytes)));
      } else {
        done.failed(failure("read", result));
      }
    }
  }

  private final class Write extends Ring.Request {
    private final int file;
    private final int flags;
    private final Gather gather;
    private final Completion done;

    Write(int file, Extent extent, int flags, Completion done) {
      this.file = file;
      this.flags = flags;
      this.gather = new Gather(extent);
      this.done = done;
    }

    void submit() {
      if (gather.remainingBuffers() == 1) {
        ring.write(this, file, gather.rest(), gather.offset(), flags);
      } else {
        ring.writeVector(this, file, gather.restAsVector(vectors), gather.offset(), flags);
      }
    }

    @Override
    void ended(int result) {
      gather.giveBack(vectors);
      boolean advanced = result > 0 && gather.advance(result);
      if (gather.isDone()) {
        done.succeeded();
      } else if (advanced || isToBeRepeated(result)) {
        submit();
      } else if (result < 0) {
        done.failed(failure("write", result));
      } else {
        done.failed(new IOException("write " + name() + ": only " + result + " bytes were taken"));
      }
    }
  }

  private final class Sync extends Ring.Request {
    private final Completion done;

    Sync(Completion done) {
      this.done = done;
    }

    void submit() {
      ring.dataSync(this, file.buffered());
    }

    @Override
    void ended(int result) {
      if (result >= 0) {
        done.succeeded();
      } else if (isToBeRepeated(result)) {
        submit();
      } else {
        done.failed(failure("sync", result));
      }
    }
  }

  /** Ends when the last of several parts has ended; the first failure is the one reported. */
  private static final class Countdown implements Completion {
    private final Completion done;
    private int left;
    private Optional<IOException> failure = Optional.empty();

    Countdown(int parts, Completion done) {
      this.left = parts;
      this.done = done;
    }

    @Override
    public void succeeded() {
      if (--left == 0) {
        failure.ifPresentOrElse(done::failed, done::succeeded);
      }
    }

    @Override
    public void failed(IOException cause) {
      failure = failure.or(() -> Optional.of(cause));
      succeeded();
    }
  }
}
