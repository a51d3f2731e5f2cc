package io.tharsis.logfiles.contract;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One binding of the seams with a fresh place for disks and a directory; a test owns it. */
public interface World extends AutoCloseable {

  /** Where everything happens. */
  Owner owner();

  /** Time for the owner. */
  Clock clock();

  /** Makes a sparse disk if there is none of that name, and opens it; call it on the owner. */
  Async<Disk> openSparse(String name, long sizeBytes);

  /** Opens the directory; call it on the owner. */
  Async<Store> openStore();

  /** Starts something on the owner and lets the world go on until it has ended. */
  <T> T await(Supplier<Async<T>> operation) throws IOException;

  /** The same for an operation that reports to a completion. */
  default void run(Consumer<Completion> operation) throws IOException {
    await(() -> Async.start(operation));
  }

  /** Reads a part of a disk. */
  default byte[] read(Disk disk, long offset, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocateDirect(length);
    run(done -> disk.read(into, offset, done));
    byte[] bytes = new byte[length];
    into.get(0, bytes);
    return bytes;
  }

  @Override
  void close();
}
