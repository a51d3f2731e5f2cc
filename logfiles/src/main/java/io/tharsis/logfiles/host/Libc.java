package io.tharsis.logfiles.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls into glibc that the host's seams need, one method each, for 64-bit Linux. All return
 * what the C function returns, or the negative errno: like the kernel, unlike C.
 */
final class Libc {

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_CLOEXEC = 0x80000;
  // the two flags that differ between the architectures Tharsis runs on
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  static final int O_DIRECT = ARM ? 0x10000 : 0x4000;
  static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  static final int AT_FDCWD = -100;
  static final int RWF_DSYNC = 2;
  static final int RWF_NOWAIT = 8;
  static final int FALLOC_KEEP_SIZE = 1;
  static final int FALLOC_PUNCH_HOLE = 2;
  static final int SEEK_END = 2;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_AND_BIRTH = 0xfff;
  private static final int RENAME_NOREPLACE = 1;
  private static final int LOCK_EXCLUSIVE_AT_ONCE = 2 | 4;
  private static final int SYNC_FILE_RANGE_WRITE_AND_WAIT = 1 | 2 | 4;
  private static final int POSIX_FADV_DONTNEED = 4;

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle PREADV2 =
      find("preadv2", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle PWRITEV2 =
      find("pwritev2", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FDATASYNC = find("fdatasync", JAVA_INT, JAVA_INT);
  private static final MethodHandle SYNC_FILE_RANGE =
      find("sync_file_range", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle POSIX_FADVISE =
      find("posix_fadvise", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FSYNC = find("fsync", JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = find("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle FALLOCATE =
      find("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FTRUNCATE = find("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle LSEEK = find("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FLOCK = find("flock", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FSTATVFS = find("fstatvfs", JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle STATX =
      find("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle RENAMEAT2 =
      find("renameat2", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle UNLINKAT =
      find("unlinkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle OPENAT = findOpenat();
  private static final MethodHandle STRERROR = findStrerror();

  private Libc() {}

  @SuppressWarnings("restricted")
  private static MethodHandle find(
      String name,
      java.lang.foreign.MemoryLayout result,
      java.lang.foreign.MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle findOpenat() {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow("openat"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(3));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle findStrerror() {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  }

  /** Fills the first {@code count} iovecs of the scratch. */
  static long preadv2(Scratch scratch, int fd, int count, long offset, int flags) {
    try {
      return scratch.result(
          (long)
              PREADV2.invokeExact(scratch.callState(), fd, scratch.iovecs(), count, offset, flags));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Writes the first {@code count} iovecs of the scratch. */
  static long pwritev2(Scratch scratch, int fd, int count, long offset, int flags) {
    try {
      return scratch.result(
          (long)
              PWRITEV2.invokeExact(
                  scratch.callState(), fd, scratch.iovecs(), count, offset, flags));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long fdatasync(Scratch scratch, int fd) {
    try {
      return scratch.result((int) FDATASYNC.invokeExact(scratch.callState(), fd));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Writes the dirty pages of the range to the device and waits for that; no flush, no metadata.
   */
  static long writeBack(Scratch scratch, int fd, long offset, long length) {
    try {
      return scratch.result(
          (int)
              SYNC_FILE_RANGE.invokeExact(
                  scratch.callState(), fd, offset, length, SYNC_FILE_RANGE_WRITE_AND_WAIT));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Drops the clean pages of the whole file from the page cache. */
  static long dropCache(Scratch scratch, int fd) {
    try {
      // gives the error number itself
      return -(int) POSIX_FADVISE.invokeExact(scratch.callState(), fd, 0L, 0L, POSIX_FADV_DONTNEED);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long fsync(Scratch scratch, int fd) {
    try {
      return scratch.result((int) FSYNC.invokeExact(scratch.callState(), fd));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long close(Scratch scratch, int fd) {
    try {
      return scratch.result((int) CLOSE.invokeExact(scratch.callState(), fd));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long fallocate(Scratch scratch, int fd, int mode, long offset, long length) {
    try {
      return scratch.result(
          (int) FALLOCATE.invokeExact(scratch.callState(), fd, mode, offset, length));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long ftruncate(Scratch scratch, int fd, long length) {
    try {
      return scratch.result((int) FTRUNCATE.invokeExact(scratch.callState(), fd, length));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long lseek(Scratch scratch, int fd, long offset, int whence) {
    try {
      return scratch.result((long) LSEEK.invokeExact(scratch.callState(), fd, offset, whence));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Takes the exclusive lock or fails at once. */
  static long flock(Scratch scratch, int fd) {
    try {
      return scratch.result(
          (int) FLOCK.invokeExact(scratch.callState(), fd, LOCK_EXCLUSIVE_AT_ONCE));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Fills a {@code struct statvfs}. */
  static long fstatvfs(Scratch scratch, int fd, MemorySegment into) {
    try {
      return scratch.result((int) FSTATVFS.invokeExact(scratch.callState(), fd, into));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Fills a {@code struct statx} about an open file. */
  static long statx(Scratch scratch, int fd, MemorySegment into) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment empty = arena.allocateFrom("");
      return scratch.result(
          (int)
              STATX.invokeExact(
                  scratch.callState(), fd, empty, AT_EMPTY_PATH, STATX_BASIC_AND_BIRTH, into));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long openat(Scratch scratch, int directory, String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return scratch.result(
          (int) OPENAT.invokeExact(scratch.callState(), directory, name, flags, 0600));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Renames inside one directory; never replaces. */
  static long rename(Scratch scratch, int directory, String from, String to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocateFrom(from);
      MemorySegment target = arena.allocateFrom(to);
      return scratch.result(
          (int)
              RENAMEAT2.invokeExact(
                  scratch.callState(), directory, source, directory, target, RENAME_NOREPLACE));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long unlink(Scratch scratch, int directory, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(name);
      return scratch.result((int) UNLINKAT.invokeExact(scratch.callState(), directory, path, 0));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** What the system says about an errno. */
  @SuppressWarnings("restricted")
  static String strerror(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static LinkageError unexpected(Throwable cause) {
    return new LinkageError("a call into libc did not link: " + cause, cause);
  }
}
