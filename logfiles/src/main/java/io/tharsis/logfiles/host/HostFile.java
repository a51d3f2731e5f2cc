package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The open descriptors of one file or device and the blocking operations on them. Owned by one
 * {@link HostDisk}; any thread may call, each with its own {@link Scratch}.
 */
final class HostFile {

  /** What direct writes are aligned to: offset, length and memory. */
  static final int DIRECT_ALIGNMENT_BYTES = 4096;

  private static final int ZEROS_BYTES = 1 << 20;
  private static final int NO_DESCRIPTOR = -1;
  private static final int STATX_BYTES = 256;
  private static final int STATVFS_BYTES = 256;
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_BLOCK = 0060000;
  private static final int TYPE_REGULAR = 0100000;

  /** What statx says, as far as it matters. */
  private record Status(boolean block, String identity) {}

  private final String name;
  private final int descriptor;
  private final int directDescriptor;
  private volatile long sizeBytes;
  private final Status status;

  private HostFile(String name, int descriptor, int directDescriptor, long size, Status status) {
    this.name = name;
    this.descriptor = descriptor;
    this.directDescriptor = directDescriptor;
    this.sizeBytes = size;
    this.status = status;
  }

  /**
   * Opens what is at {@code path}, relative to an open directory; for writing it is locked, and a
   * block device must not be mounted or held by another driver.
   */
  static HostFile open(
      Scratch scratch, int directory, String path, String name, HostDisk.Options options)
      throws IOException {
    boolean writable = options.access() == HostDisk.Access.READ_WRITE;
    int flags = Libc.O_CLOEXEC | (writable ? Libc.O_RDWR : Libc.O_RDONLY);
    int fd = (int) Errno.check(name, Libc.openat(scratch, directory, path, flags));
    try {
      Status status = status(scratch, fd, name);
      if (writable && status.block()) {
        // O_EXCL without O_CREAT claims a device; its meaning for other files is undefined
        int claimed =
            (int) Errno.check(name, Libc.openat(scratch, directory, path, flags | Libc.O_EXCL));
        Libc.close(scratch, fd);
        fd = claimed;
      }
      if (writable) {
        lock(scratch, fd, name);
      }
      return adopt(scratch, fd, name, options);
    } catch (IOException e) {
      Libc.close(scratch, fd);
      throw e;
    }
  }

  /** Makes a file of a descriptor that is already open and locked. */
  static HostFile adopt(Scratch scratch, int fd, String name, HostDisk.Options options)
      throws IOException {
    Status status = status(scratch, fd, name);
    long size = Errno.check(name, Libc.lseek(scratch, fd, 0, Libc.SEEK_END));
    int direct = NO_DESCRIPTOR;
    if (options.durableWrites() == HostDisk.DurableWrites.DIRECT
        && options.access() == HostDisk.Access.READ_WRITE) {
      int flags = Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_DIRECT;
      String same = "/proc/self/fd/" + fd;
      direct = (int) Math.max(NO_DESCRIPTOR, Libc.openat(scratch, Libc.AT_FDCWD, same, flags));
    }
    return new HostFile(name, fd, direct, size, status);
  }

  static void lock(Scratch scratch, int fd, String name) throws IOException {
    long result = Libc.flock(scratch, fd);
    if (result == -Errno.EAGAIN) {
      throw new IOException(name + ": already in use, here or by another process");
    }
    Errno.check(name, result);
  }

  private static Status status(Scratch scratch, int fd, String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(STATX_BYTES, Long.BYTES);
      Errno.check(name, Libc.statx(scratch, fd, statx));
      int type = statx.get(ValueLayout.JAVA_SHORT, 28) & TYPE_MASK;
      if (type == TYPE_BLOCK) {
        int major = statx.get(ValueLayout.JAVA_INT, 128);
        int minor = statx.get(ValueLayout.JAVA_INT, 132);
        return new Status(true, "block-" + major + ":" + minor);
      }
      if (type != TYPE_REGULAR) {
        throw new IOException(name + ": neither a regular file nor a block device");
      }
      long inode = statx.get(ValueLayout.JAVA_LONG, 32);
      long birthSeconds = statx.get(ValueLayout.JAVA_LONG, 80);
      int birthNanos = statx.get(ValueLayout.JAVA_INT, 88);
      return new Status(false, "file-" + inode + "-" + birthSeconds + "." + birthNanos);
    }
  }

  String name() {
    return name;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** See {@link io.tharsis.logfiles.seam.Disk#grow}; not two at a time. */
  void grow(Scratch scratch, long wantedBytes) throws IOException {
    long found = Errno.check(name, Libc.lseek(scratch, descriptor, 0, Libc.SEEK_END));
    if (found < wantedBytes && status.block()) {
      throw new IOException(
          "%s: the device has %d bytes, %d are needed".formatted(name, found, wantedBytes));
    }
    if (found < wantedBytes) {
      Errno.check(name, Libc.ftruncate(scratch, descriptor, wantedBytes));
    }
    // An earlier attempt may have come this far and no further.
    Errno.check(name, Libc.fsync(scratch, descriptor));
    sizeBytes = Math.max(found, wantedBytes);
  }

  /**
   * Makes reads tell what the medium has. Where an earlier life's sync has failed, the page cache
   * may show, as clean, what never got there.
   */
  HostFile withoutCache(Scratch scratch) throws IOException {
    Errno.check(name, Libc.dropCache(scratch, descriptor));
    return this;
  }

  String identity() {
    return status.identity();
  }

  int descriptor() {
    return descriptor;
  }

  int directDescriptor() {
    return directDescriptor;
  }

  boolean direct() {
    return directDescriptor != NO_DESCRIPTOR;
  }

  /** Bytes read of what is cached, from none to all; never waits for the medium. */
  int readCached(Scratch scratch, ByteBuffer into, long offset) {
    scratch.single(into, 0);
    return (int) Math.max(0, Libc.preadv2(scratch, descriptor, 1, offset, Libc.RWF_NOWAIT));
  }

  /** Reads the remaining bytes of the buffer but the first {@code have}. */
  void read(Scratch scratch, ByteBuffer into, long offset, int have) throws IOException {
    int done = have;
    while (done < into.remaining()) {
      scratch.single(into, done);
      long count = Libc.preadv2(scratch, descriptor, 1, offset + done, 0);
      if (count == 0) {
        throw new IOException(name + ": ends before byte " + (offset + into.remaining()));
      }
      if (count != -Errno.EINTR) {
        done += (int) Errno.check(name, count);
      }
    }
  }

  /**
   * Writes all extents in order. Many extents are writeback: they go to the device right away and
   * are waited for, so that the sync that follows is short and the device's queue never so long
   * that somebody else's durable write has to wait for all of it.
   */
  void write(Scratch scratch, List<Extent> extents) throws IOException {
    long from = Long.MAX_VALUE;
    long to = 0;
    for (int i = 0; i < extents.size(); i++) {
      Extent extent = extents.get(i);
      write(scratch, descriptor, extent, 0);
      from = Math.min(from, extent.offset());
      to = Math.max(to, extent.offset() + extent.lengthBytes());
    }
    if (extents.size() > 1) {
      writeBack(scratch, from, to);
    }
  }

  private void writeBack(Scratch scratch, long from, long to) throws IOException {
    long result = Libc.writeBack(scratch, descriptor, from, to - from);
    boolean unsupported = result == -Errno.ESPIPE || result == -Errno.ENOSYS;
    if (!unsupported) {
      Errno.check(name, result);
    }
  }

  /**
   * Writes all extents onto stable storage. One extent is synced by the write itself, which leaves
   * other dirty pages of the file alone; several share one sync.
   */
  void writeDurably(Scratch scratch, List<Extent> extents) throws IOException {
    if (extents.size() > 1) {
      write(scratch, extents);
      sync(scratch);
      return;
    }
    Extent extent = extents.getFirst();
    if (direct() && isAligned(extent)) {
      write(scratch, directDescriptor, extent, Libc.RWF_DSYNC);
    } else {
      write(scratch, descriptor, extent, Libc.RWF_DSYNC);
    }
  }

  private void write(Scratch scratch, int fd, Extent extent, int flags) throws IOException {
    long total = extent.lengthBytes();
    long done = 0;
    while (done < total) {
      int count = scratch.gather(extent.from(), done);
      long written = Libc.pwritev2(scratch, fd, count, extent.offset() + done, flags);
      if (written == 0) {
        throw new IOException(name + ": took no bytes at " + (extent.offset() + done));
      }
      if (written != -Errno.EINTR) {
        done += Errno.check(name, written);
      }
    }
  }

  private static boolean isAligned(Extent extent) {
    long bits = extent.offset();
    List<ByteBuffer> from = extent.from();
    for (int i = 0; i < from.size(); i++) {
      bits |= MemorySegment.ofBuffer(from.get(i)).address() | from.get(i).remaining();
    }
    return bits % DIRECT_ALIGNMENT_BYTES == 0;
  }

  void sync(Scratch scratch) throws IOException {
    long result = Libc.fdatasync(scratch, descriptor);
    while (result == -Errno.EINTR) {
      result = Libc.fdatasync(scratch, descriptor);
    }
    Errno.check(name, result);
  }

  /**
   * Gives the space of the range back, or writes zeros where the host cannot. On a device the
   * kernel guarantees zeros for this call or refuses it; it is never a mere discard.
   */
  void punch(Scratch scratch, Range range) throws IOException {
    int mode = Libc.FALLOC_PUNCH_HOLE | Libc.FALLOC_KEEP_SIZE;
    long result = Libc.fallocate(scratch, descriptor, mode, range.from(), range.lengthBytes());
    boolean unaligned = status.block() && result == -Errno.EINVAL;
    if (unaligned || result == -Errno.EOPNOTSUPP) {
      zero(scratch, range);
    } else {
      Errno.check(name, result);
    }
  }

  /** Writes zeros, at most {@link #ZEROS_BYTES} at a time. */
  void zero(Scratch scratch, Range range) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, range.lengthBytes()));
    for (long at = range.from(); at < range.to(); at += zeros.capacity()) {
      int length = (int) Math.min(zeros.capacity(), range.to() - at);
      write(scratch, descriptor, Extent.of(at, zeros.slice(0, length)), 0);
    }
  }

  List<Range> allocated(Scratch scratch) throws IOException {
    List<Range> ranges = new ArrayList<>();
    long at = 0;
    while (at < sizeBytes) {
      long data = Libc.lseek(scratch, descriptor, at, Libc.SEEK_DATA);
      if (data == -Errno.EINVAL) {
        return List.of(new Range(0, sizeBytes)); // cannot tell: then all of it
      }
      if (data < 0) {
        break; // ENXIO: nothing but a hole up to the end
      }
      long hole = Errno.check(name, Libc.lseek(scratch, descriptor, data, Libc.SEEK_HOLE));
      if (data >= sizeBytes) {
        break;
      }
      ranges.add(new Range(data, Math.min(hole, sizeBytes)));
      at = hole;
    }
    return List.copyOf(ranges);
  }

  long freeBytes(Scratch scratch) throws IOException {
    return status.block() ? Long.MAX_VALUE : freeBytes(scratch, descriptor, name);
  }

  /** Bytes that the file system of a descriptor has for unprivileged users. */
  static long freeBytes(Scratch scratch, int fd, String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statvfs = arena.allocate(STATVFS_BYTES, Long.BYTES);
      Errno.check(name, Libc.fstatvfs(scratch, fd, statvfs));
      long fragmentBytes = statvfs.get(ValueLayout.JAVA_LONG, 8);
      return statvfs.get(ValueLayout.JAVA_LONG, 32) * fragmentBytes;
    }
  }

  void close(Scratch scratch) throws IOException {
    closeDirect(scratch);
    Errno.check(name, Libc.close(scratch, descriptor));
  }

  /** Closes what {@link #adopt} opened; the descriptor it was given stays open. */
  void closeDirect(Scratch scratch) {
    if (direct()) {
      Libc.close(scratch, directDescriptor);
    }
  }
}
