package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * A simulated file or drive: what outlives the incarnations that open it. Tests reach everything
 * that can go wrong with it from here; the code under test has a {@link SimDisk} on it.
 */
public final class SimMedium {

  private final Simulation simulation;
  private final String name;
  private String identity;
  private long sizeBytes;
  private long mostBytes = Long.MAX_VALUE;
  private final SimSpace space;
  private SimContent content = new SimContent();
  private final BitSet allocated = new BitSet();
  private final TreeSet<Long> unreadable = new TreeSet<>();
  private final List<SimWrite> inFlight = new ArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private final SimRandom random;
  private final SimFaults faults;
  private SimLatency latency = SimLatency.FAST;
  private Optional<CrashMode> crashMode = Optional.empty();
  private boolean checkingBuffers = true;
  private boolean stuck;
  private boolean open;
  private long epoch;

  private SimMedium(Simulation simulation, String name, long sizeBytes, SimSpace space) {
    Invariant.check(sizeBytes > 0, "size of a disk", sizeBytes);
    this.simulation = simulation;
    this.name = name;
    this.identity = "sim-" + name;
    this.sizeBytes = sizeBytes;
    this.space = space;
    this.random = simulation.random("medium " + name);
    this.faults = new SimFaults(random.fork("faults"));
  }

  static SimMedium sparse(Simulation simulation, String name, long sizeBytes, SimSpace space) {
    return new SimMedium(simulation, name, sizeBytes, space);
  }

  /** All of it allocated, in space that the caller has taken. */
  static SimMedium full(Simulation simulation, String name, long sizeBytes, SimSpace space) {
    SimMedium medium = new SimMedium(simulation, name, sizeBytes, space);
    medium.allocated.set(0, blocks(sizeBytes));
    return medium;
  }

  static int blocks(long bytes) {
    return Math.toIntExact(Math.ceilDiv(bytes, (long) SimContent.BLOCK_BYTES));
  }

  /**
   * Opens it for an owner; refused while it is open. As on a host, what a failed sync has left in
   * the cache only is not shown any more.
   */
  public Async<Disk> open(SimOwner owner) {
    Async<Disk> result = new Async<>();
    run(
        "open " + name,
        () -> {
          if (open) {
            owner.execute(() -> result.fail(new IOException(name + ": already in use")));
          } else if (faults.strikes(Fault.OPEN_ERROR)) {
            owner.execute(() -> result.fail(inputOutputError()));
          } else {
            dropCache();
            Disk disk = openNow(owner);
            owner.execute(() -> result.succeed(disk));
          }
        });
    return result;
  }

  Disk openNow(SimOwner owner) {
    open = true;
    return new SimDisk(this, owner);
  }

  /** How diagnostics call it. */
  public String name() {
    return name;
  }

  /** How large it is now. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** It is a device: it has the size it has until an operator {@link #enlarge}s it. */
  public void fix() {
    mostBytes = sizeBytes;
  }

  /** An operator makes the device larger; what is new on it is not zeros. */
  public void enlarge(long bytes) {
    Invariant.check(bytes >= sizeBytes, "larger", bytes, sizeBytes);
    byte[] garbage = new byte[Math.toIntExact(bytes - sizeBytes)];
    Arrays.fill(garbage, (byte) 0xA5);
    if (garbage.length > 0) {
      content.writeDurable(sizeBytes, garbage);
    }
    mostBytes = bytes;
    sizeBytes = bytes;
  }

  void grow(long wantedBytes) throws IOException {
    if (faults.strikes(Fault.SYNC_ERROR)) {
      throw inputOutputError();
    }
    if (wantedBytes > mostBytes) {
      throw new IOException(
          "%s: the device has %d bytes, %d are needed".formatted(name, sizeBytes, wantedBytes));
    }
    sizeBytes = Math.max(sizeBytes, wantedBytes);
  }

  /** What can go wrong with single operations. */
  public SimFaults faults() {
    return faults;
  }

  /** How long operations take from now on. */
  public void latency(SimLatency changed) {
    latency = changed;
  }

  /** What the next power failures keep; without this the seed chooses each time. */
  public void crashMode(CrashMode mode) {
    crashMode = Optional.of(mode);
  }

  /** Whether buffers that change during an operation fail the run; on at first. */
  public void checkBuffers(boolean check) {
    checkingBuffers = check;
  }

  /** No operation ends until {@link #unstick}. */
  public void stick() {
    stuck = true;
  }

  /** Operations end again, those that were held up first. */
  public void unstick() {
    stuck = false;
    List<Runnable> released = new ArrayList<>(held);
    held.clear();
    released.forEach(Runnable::run);
  }

  /** Reading any sector of the range fails until it has been written again. */
  public void latentError(Range range) {
    for (long s = range.from() / SimContent.SECTOR_BYTES; s <= lastSector(range); s++) {
      unreadable.add(s);
    }
  }

  private static long lastSector(Range range) {
    return (range.to() - 1) / SimContent.SECTOR_BYTES;
  }

  /** Flips one random bit somewhere in the range, on the medium; says in which byte. */
  public long rot(Range range) {
    long offset = range.from() + random.below(range.lengthBytes());
    content.flip(offset, random.below(Byte.SIZE));
    return offset;
  }

  /** The page cache forgets what it need not write back, so that lies come to light. */
  public void dropCache() {
    content.dropCache();
  }

  /** The bytes a reader would get now, without faults. */
  public byte[] peek(Range range) {
    return content.read(range.from(), (int) range.lengthBytes());
  }

  /** The bytes that a power failure cannot take away. */
  public byte[] peekDurable(Range range) {
    return content.readDurable(range.from(), (int) range.lengthBytes());
  }

  /** The process is gone; calls it had begun may go on in the kernel to the end, or not. */
  void kill() {
    for (SimWrite write : inFlight) {
      switch (random.below(3)) {
        case 0 -> write.apply(content, () -> true);
        case 1 -> write.apply(content, () -> random.chance(0.5));
        default -> {} // it was still waiting its turn
      }
    }
    endIncarnation();
  }

  void powerFail() {
    for (SimWrite write : inFlight) {
      if (random.chance(0.5)) {
        write.apply(content, () -> true);
      }
    }
    CrashMode[] modes = CrashMode.values();
    CrashMode mode = crashMode.isPresent() ? crashMode.get() : modes[random.below(modes.length)];
    content.powerFail(mode, random);
    for (long block : content.durableBlocks()) {
      if (!allocated.get((int) block)) {
        space.takeBack(SimContent.BLOCK_BYTES);
        allocated.set((int) block);
      }
    }
    endIncarnation();
  }

  private void endIncarnation() {
    epoch++;
    open = false;
    inFlight.clear();
    held.clear();
  }

  /**
   * It holds from now on what another one holds, un-synced bytes included, and identifies itself in
   * the same way: a copy, or what it was itself earlier. Nobody has it open.
   */
  public void become(SimMedium other) {
    Invariant.check(!open, "a medium that can be copied to", name);
    release();
    sizeBytes = other.sizeBytes;
    mostBytes = other.mostBytes;
    identity = other.identity;
    content = other.content.copy();
    allocated.clear();
    allocated.or(other.allocated);
    reclaim();
    unreadable.clear();
    unreadable.addAll(other.unreadable);
  }

  /** Holds nothing but zeros from now on, durably. */
  public void blank() {
    content = new SimContent();
  }

  /** Gives back its space: the file is gone. */
  void release() {
    space.give((long) allocated.cardinality() * SimContent.BLOCK_BYTES);
  }

  /** Takes its space again: the deletion did not survive. */
  void reclaim() {
    space.takeBack((long) allocated.cardinality() * SimContent.BLOCK_BYTES);
  }

  boolean isOpen() {
    return open;
  }

  void closed() {
    open = false;
  }

  String identity() {
    return identity;
  }

  long freeBytes() {
    return space.freeBytes();
  }

  SimContent content() {
    return content;
  }

  List<SimWrite> inFlight() {
    return inFlight;
  }

  SimRandom random() {
    return random;
  }

  boolean isCheckingBuffers() {
    return checkingBuffers;
  }

  void observe(String what, long value) {
    simulation.observe(what, value);
  }

  IOException inputOutputError() {
    return new IOException(name + ": Input/output error");
  }

  /** Lets an operation have its effect after its latency, unless the incarnation ends before. */
  void run(String label, Runnable effect) {
    long begun = epoch;
    BooleanSupplier pending = () -> epoch == begun;
    simulation.schedule(
        latency.drawNanos(random, faults),
        label,
        pending,
        () -> {
          if (stuck) {
            held.add(effect);
          } else {
            effect.run();
          }
        });
  }

  boolean isUnreadable(Range range) {
    Long first = unreadable.ceiling(range.from() / SimContent.SECTOR_BYTES);
    return first != null && first <= lastSector(range);
  }

  /** Writing a sector makes the drive remap it. */
  void repair(Range range) {
    unreadable
        .subSet(range.from() / SimContent.SECTOR_BYTES, true, lastSector(range), true)
        .clear();
  }

  /** Takes space for the blocks of a range that have none. */
  void allocate(Range range) throws NoSpaceException {
    int from = (int) (range.from() / SimContent.BLOCK_BYTES);
    int to = blocks(range.to());
    int missing = to - from - allocated.get(from, to).cardinality();
    if (missing > 0 && !space.take((long) missing * SimContent.BLOCK_BYTES)) {
      throw new NoSpaceException(name + ": No space left on device");
    }
    allocated.set(from, to);
  }

  /** Gives back the space of the blocks that lie wholly in the range. */
  void deallocate(Range range) {
    int from = blocks(range.from());
    int to =
        range.to() == sizeBytes ? blocks(sizeBytes) : (int) (range.to() / SimContent.BLOCK_BYTES);
    if (from < to) {
      space.give((long) allocated.get(from, to).cardinality() * SimContent.BLOCK_BYTES);
      allocated.clear(from, to);
    }
  }

  List<Range> allocated() {
    List<Range> ranges = new ArrayList<>();
    for (int from = allocated.nextSetBit(0); from >= 0; ) {
      int to = allocated.nextClearBit(from);
      long end = Math.min((long) to * SimContent.BLOCK_BYTES, sizeBytes);
      ranges.add(new Range((long) from * SimContent.BLOCK_BYTES, end));
      from = allocated.nextSetBit(to);
    }
    return List.copyOf(ranges);
  }
}
