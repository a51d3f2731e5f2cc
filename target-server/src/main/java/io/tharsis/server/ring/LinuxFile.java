package io.tharsis.server.ring;

import io.tharsis.logfiles.seam.NoSpaceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * A file descriptor of Linux: what the ring needs and {@link java.nio.channels.FileChannel} does
 * not give away. Belongs to the {@link RingDisk} that opened it, which closes it once.
 *
 * @param descriptor the number that the kernel knows the open file by
 */
record LinuxFile(int descriptor) {

  /** Whether the page cache takes part. */
  enum Cache {
    BUFFERED,
    /** {@code O_DIRECT}: addresses, offsets and lengths are multiples of the block size. */
    DIRECT
  }

  static final int EINTR = 4;
  static final int EAGAIN = 11;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;
  static final int ECANCELED = 125;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_DIRECT_X86 = 0x4000;
  private static final int O_DIRECT_ARM = 0x10000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle CLOSE =
      function(
          "close",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle STRERROR =
      function("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(), descriptor, options);
  }

  /** Opens an existing file or device for reading and writing. */
  static LinuxFile open(Path path, Cache cache) throws IOException {
    int flags = O_RDWR | O_CLOEXEC | (cache == Cache.DIRECT ? directFlag() : 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int descriptor = (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags);
      if (descriptor < 0) {
        throw failure("open " + path, (int) ERRNO.get(state, 0L));
      }
      return new LinuxFile(descriptor);
    } catch (IOException | RuntimeException | Error expected) {
      throw expected;
    } catch (Throwable impossible) {
      throw new LinkageError("open", impossible);
    }
  }

  /** Closes it; nothing may be in flight on it. */
  void close() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) CLOSE.invokeExact(state, descriptor);
      if (result < 0) {
        throw failure("close", (int) ERRNO.get(state, 0L));
      }
    } catch (IOException | RuntimeException | Error expected) {
      throw expected;
    } catch (Throwable impossible) {
      throw new LinkageError("close", impossible);
    }
  }

  private static int directFlag() {
    return System.getProperty("os.arch").equals("aarch64") ? O_DIRECT_ARM : O_DIRECT_X86;
  }

  /** What a system call's error number means: "no space" is told apart, it can pass. */
  static IOException failure(String operation, int errno) {
    String message = operation + ": " + describe(errno) + " (errno " + errno + ")";
    return errno == ENOSPC || errno == EDQUOT
        ? new NoSpaceException(message)
        : new IOException(message);
  }

  @SuppressWarnings("restricted")
  private static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (RuntimeException | Error expected) {
      throw expected;
    } catch (Throwable impossible) {
      throw new LinkageError("strerror", impossible);
    }
  }
}
