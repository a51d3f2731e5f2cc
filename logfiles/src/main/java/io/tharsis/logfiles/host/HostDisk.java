package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * A regular file or block device of this host. Lives on its owner; only descriptors are touched by
 * the {@link IoThreads}.
 *
 * <p>A read that the page cache can serve is done at once by the owner itself and costs no change
 * of threads; every other operation runs on an I/O thread. Either way the completion is posted. The
 * extents of one write are written in order by one thread.
 */
public final class HostDisk implements Disk {

  /** Longest read that the owner does itself; a longer copy would hold up its other work. */
  public static final int INLINE_READ_LIMIT_BYTES = 256 << 10;

  /** Whether it is opened to be written, and then locked. */
  public enum Access {
    /** Exclusive: a second opening for writing is refused, in this process too. */
    READ_WRITE,
    /** Beside a writer, without a lock, for tools; writing fails. */
    READ_ONLY
  }

  /** How a durable write of one extent is done. */
  public enum DurableWrites {
    /** Through the page cache, so that reading it back is cheap. */
    BUFFERED,
    /**
     * Past the page cache if offset, length and memory are multiples of 4096, else as {@link
     * #BUFFERED}; also where the file system refuses it.
     */
    DIRECT
  }

  /**
   * How to open.
   *
   * @param access for writing or not
   * @param durableWrites through the page cache or past it
   */
  public record Options(Access access, DurableWrites durableWrites) {

    /** For writing, through the page cache. */
    public static final Options BUFFERED = new Options(Access.READ_WRITE, DurableWrites.BUFFERED);

    /** For writing, durable writes past the page cache. */
    public static final Options DIRECT = new Options(Access.READ_WRITE, DurableWrites.DIRECT);

    /** Only for reading. */
    public static final Options READ_ONLY = new Options(Access.READ_ONLY, DurableWrites.BUFFERED);
  }

  private final HostFile file;
  private final Owner owner;
  private final IoThreads threads;
  private final Scratch inline = new Scratch(1);
  private int unfinished;
  private boolean closed;

  HostDisk(HostFile file, Owner owner, IoThreads threads) {
    this.file = file;
    this.owner = owner;
    this.threads = threads;
  }

  /**
   * Opens an existing file or device; call it on the owner. Reads then tell what the medium has, or
   * what is on its way to it, not what a failed sync of an earlier life has left in memory only.
   */
  public static Async<Disk> open(Path path, Owner owner, IoThreads threads, Options options) {
    String name = path.toString();
    return threads
        .call(
            threads.entries(),
            owner,
            scratch ->
                HostFile.open(scratch, Libc.AT_FDCWD, name, name, options).withoutCache(scratch))
        .map(file -> new HostDisk(file, owner, threads));
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public long sizeBytes() {
    return file.sizeBytes();
  }

  @Override
  public Async<Void> grow(long sizeBytes) {
    checkUse(0, 1);
    return threads.call(
        threads.writing(),
        owner,
        scratch -> {
          file.grow(scratch, sizeBytes);
          return null;
        });
  }

  @Override
  public String identity() {
    return file.identity();
  }

  /**
   * What the kernel knows the open file by, through the page cache. For operations that this class
   * does not offer; they have to end before the disk is closed.
   */
  public int descriptor() {
    return file.descriptor();
  }

  /** The same file opened with {@code O_DIRECT}; empty if it is not, or cannot be. */
  public OptionalInt directDescriptor() {
    return file.direct() ? OptionalInt.of(file.directDescriptor()) : OptionalInt.empty();
  }

  /** Whether aligned durable writes go past the page cache. */
  public boolean writesDirectly() {
    return file.direct();
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    int length = into.remaining();
    checkUse(offset, length);
    Invariant.check(into.isDirect() && !into.isReadOnly(), "a buffer to read into");
    int have = length <= INLINE_READ_LIMIT_BYTES ? file.readCached(inline, into, offset) : 0;
    Read read = new Read(into, offset, have, done);
    if (have == length) {
      read.performed = true;
      owner.execute(read);
    } else {
      start(threads.reading(), read);
    }
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    Invariant.check(!extents.isEmpty(), "a write of nothing");
    for (int i = 0; i < extents.size(); i++) {
      checkUse(extents.get(i).offset(), extents.get(i).lengthBytes());
    }
    start(threads.writing(), new Write(extents, durability, done));
  }

  @Override
  public void sync(Completion done) {
    checkUse(0, 1);
    start(threads.writing(), new Sync(done));
  }

  @Override
  public void punch(Range range, Completion done) {
    checkUse(range.from(), range.lengthBytes());
    start(threads.writing(), new Punch(range, done));
  }

  @Override
  public Async<List<Range>> allocated() {
    return threads.call(threads.reading(), owner, file::allocated);
  }

  @Override
  public Async<Long> freeBytes() {
    return threads.call(threads.reading(), owner, file::freeBytes);
  }

  @Override
  public Async<Void> close() {
    checkUse(0, 1);
    Invariant.check(unfinished == 0, "closed with operations unfinished", unfinished);
    closed = true;
    return threads.call(
        threads.entries(),
        owner,
        scratch -> {
          file.close(scratch);
          return null;
        });
  }

  private void checkUse(long offset, long length) {
    Invariant.check(owner.isCurrent() && !closed, "not on the owner of the disk, or closed");
    Invariant.check(
        offset >= 0 && length > 0 && offset <= file.sizeBytes() - length,
        "outside the disk",
        offset,
        length,
        file.sizeBytes());
  }

  private void start(ThreadPoolExecutor group, Operation operation) {
    try {
      group.execute(operation);
    } catch (RejectedExecutionException e) {
      operation.refuse(threads.refused(e));
    }
  }

  /** One operation: runs first on an I/O thread, then, to report, on the owner. */
  private abstract class Operation implements Runnable {
    private final Completion done;
    private Optional<IOException> failure = Optional.empty();
    boolean performed;

    Operation(Completion done) {
      this.done = done;
      unfinished++;
    }

    abstract void perform(Scratch scratch) throws IOException;

    void refuse(IOException cause) {
      failure = Optional.of(cause);
      performed = true;
      owner.execute(this);
    }

    @Override
    public void run() {
      if (performed) {
        finish();
        return;
      }
      try {
        perform(threads.scratch());
      } catch (IOException e) {
        failure = Optional.of(e);
      } catch (RuntimeException | Error e) {
        // the thread's root: without this the operation would never end
        failure = Optional.of(new IOException(name() + ": " + e, e));
      }
      performed = true;
      owner.execute(this);
    }

    private void finish() {
      unfinished--;
      if (failure.isPresent()) {
        done.failed(failure.get());
      } else {
        done.succeeded();
      }
    }
  }

  private final class Read extends Operation {
    private final ByteBuffer into;
    private final long offset;
    private final int have;

    Read(ByteBuffer into, long offset, int have, Completion done) {
      super(done);
      this.into = into;
      this.offset = offset;
      this.have = have;
    }

    @Override
    void perform(Scratch scratch) throws IOException {
      file.read(scratch, into, offset, have);
    }
  }

  private final class Write extends Operation {
    private final List<Extent> extents;
    private final Durability durability;

    Write(List<Extent> extents, Durability durability, Completion done) {
      super(done);
      this.extents = extents;
      this.durability = durability;
    }

    @Override
    void perform(Scratch scratch) throws IOException {
      switch (durability) {
        case BUFFERED -> file.write(scratch, extents);
        case DURABLE -> file.writeDurably(scratch, extents);
      }
    }
  }

  private final class Sync extends Operation {
    Sync(Completion done) {
      super(done);
    }

    @Override
    void perform(Scratch scratch) throws IOException {
      file.sync(scratch);
    }
  }

  private final class Punch extends Operation {
    private final Range range;

    Punch(Range range, Completion done) {
      super(done);
      this.range = range;
    }

    @Override
    void perform(Scratch scratch) throws IOException {
      file.punch(scratch, range);
    }
  }
}
