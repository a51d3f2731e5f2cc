package io.tharsis.server.ring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.tharsis.logfiles.host.Errno;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One disk's place on the io_uring of its event loop: the requests in flight, found again by a
 * small number that travels through the kernel. Belongs to the owner, who lives on that loop. Every
 * request ends exactly once, as a message to the owner.
 */
final class Ring implements IoUringIoHandle {

  /** Requests in flight at once; Netty keeps numbers up to this size without a table of its own. */
  static final int MAX_IN_FLIGHT = Short.MAX_VALUE;

  private static final int INITIAL_SLOTS = 64;
  private static final byte OP_WRITEV = 2;
  private static final byte OP_FSYNC = 3;
  private static final byte OP_READ = 22;
  private static final byte OP_WRITE = 23;
  private static final int FSYNC_DATASYNC = 1;

  /** {@code RWF_DSYNC}: this one write behaves as if the file had been opened with O_DSYNC. */
  static final int WRITE_DURABLE = 2;

  /** No special treatment of a write. */
  static final int WRITE_PLAIN = 0;

  /** Something in flight; run on the owner when the kernel has ended it. */
  abstract static class Request implements Runnable {
    private int result;

    /** Bytes done, or a negative error number. */
    abstract void ended(int result);

    @Override
    public final void run() {
      ended(result);
    }
  }

  private final Owner owner;
  private Optional<IoRegistration> registration = Optional.empty();
  private Request[] inFlight = new Request[INITIAL_SLOTS];
  private int[] freeSlots = new int[INITIAL_SLOTS];
  private int freeCount;

  private Ring(Owner owner) {
    this.owner = owner;
    addFreeSlots(0);
  }

  /** Takes a place on the loop's ring. */
  static Async<Ring> register(IoEventLoop loop, Owner owner) {
    Ring ring = new Ring(owner);
    Async<Ring> opened = new Async<>();
    loop.register(ring)
        .addListener(future ->
            owner.execute(() -> {
              if (future.isSuccess()) {
                ring.registration = Optional.of((IoRegistration) future.getNow());
                opened.succeed(ring);
              } else {
                opened.fail(new IOException("no place on the ring", future.cause()));
              }
            }));
    return opened;
  }

  /** Reads {@code length} bytes at {@code offset} into memory. */
  void read(Request request, int file, Memory memory, long offset) {
    submit(request, OP_READ, file, memory, offset, 0);
  }

  /** Writes one piece of memory. */
  void write(Request request, int file, Memory memory, long offset, int flags) {
    submit(request, OP_WRITE, file, memory, offset, flags);
  }

  /** Writes what an array of iovec structures points at; {@code memory} counts them. */
  void writeVector(Request request, int file, Memory memory, long offset, int flags) {
    submit(request, OP_WRITEV, file, memory, offset, flags);
  }

  /** Makes what has been written durable, with the metadata needed to find it again. */
  void dataSync(Request request, int file) {
    submit(request, OP_FSYNC, file, Memory.NONE, 0, FSYNC_DATASYNC);
  }

  /**
   * Memory that the kernel reads or writes.
   *
   * @param address where it is
   * @param length bytes, or iovec structures
   */
  record Memory(long address, int length) {
    static final Memory NONE = new Memory(0, 0);
  }

  /** Where the remaining bytes of a direct buffer begin. */
  static long address(ByteBuffer buffer) {
    return MemorySegment.ofBuffer(buffer).address();
  }

  private void submit(
      Request request, byte opcode, int file, Memory memory, long offset, int flags) {
    if (registration.isEmpty() || !registration.get().isValid()) {
      end(request, -Errno.ECANCELED);
      return;
    }
    int slot = takeSlot(request);
    registration
        .get()
        .submit(
            new IoUringIoOps(
                opcode,
                (byte) 0,
                (short) 0,
                file,
                offset,
                memory.address(),
                memory.length(),
                flags,
                (long) slot,
                (short) 0,
                (short) 0,
                0,
                0L));
  }

  private int takeSlot(Request request) {
    if (freeCount == 0) {
      grow();
    }
    int slot = freeSlots[--freeCount];
    inFlight[slot] = request;
    return slot;
  }

  private void grow() {
    int slots = inFlight.length;
    Invariant.check(slots < MAX_IN_FLIGHT, "requests in flight on one disk", slots);
    inFlight = Arrays.copyOf(inFlight, Math.min(2 * slots, MAX_IN_FLIGHT));
    freeSlots = new int[inFlight.length];
    addFreeSlots(slots);
  }

  private void addFreeSlots(int from) {
    for (int slot = inFlight.length - 1; slot >= from; slot--) {
      freeSlots[freeCount++] = slot;
    }
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    IoUringIoEvent completed = (IoUringIoEvent) event;
    int slot = (int) completed.userData();
    Request request = inFlight[slot];
    inFlight[slot] = null;
    freeSlots[freeCount++] = slot;
    end(request, completed.res());
  }

  private void end(Request request, int result) {
    request.result = result;
    owner.execute(request);
  }

  /** Requests that the kernel has. */
  int inFlight() {
    return inFlight.length - freeCount;
  }

  /** Gives the place back; also called by the loop when it shuts down. */
  @Override
  public void close() {
    registration.ifPresent(IoRegistration::cancel);
  }
}
