package io.tharsis.server.node;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The signals that ask a process to stop: SIGTERM, SIGINT and SIGHUP. */
final class StopSignal {

  private static final int[] SIGNALS = {1, 2, 15};

  private StopSignal() {}

  /**
   * Gives the signals back their default action, so that the next one ends the process at once. The
   * JVM, which has caught the first one and is shutting down, would ignore it.
   */
  @SuppressWarnings("restricted")
  static void letNextOneKill() {
    Linker linker = Linker.nativeLinker();
    MethodHandle signal =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("signal"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    for (int number : SIGNALS) {
      try {
        MemorySegment _ = (MemorySegment) signal.invokeExact(number, MemorySegment.NULL);
      } catch (Throwable broken) {
        throw new LinkageError("signal", broken);
      }
    }
  }
}
