package io.tharsis.it.bench;

import io.tharsis.it.initiator.Cdb;
import io.tharsis.it.initiator.CommandResult;
import io.tharsis.it.initiator.Completion;
import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.Payload;
import io.tharsis.it.initiator.ScsiDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * One session that keeps a workload's commands in flight. Owned by one thread; the session begins
 * with the constructor and ends with {@link #close}.
 */
final class Load implements AutoCloseable {

  private static final long MAX_LATENCY_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final int POLL_MILLIS = 200;
  private static final int PACED_POLL_MILLIS = 1;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Workload workload;
  private final Initiator initiator;
  private final ScsiDevice device;
  private final Arena arena = Arena.ofConfined();
  private final Payload[] payloads;
  private final long[] submittedNanos;
  private final int[] idle;
  private final int sectorsPerCommand;
  private final long commandsInDisk;
  private final SplittableRandom random;
  private final Histogram latencies = new Histogram(MAX_LATENCY_NANOS, SIGNIFICANT_DIGITS);
  private final Completion completion = this::completed;
  private int idleCount;
  private long commands;
  private long nextSequential;

  Load(IscsiUrl url, Workload workload, long seed) throws IOException {
    this.workload = workload;
    random = new SplittableRandom(seed);
    payloads = new Payload[workload.depth()];
    submittedNanos = new long[workload.depth()];
    idle = new int[workload.depth()];
    for (int i = 0; i < workload.depth(); i++) {
      payloads[i] = payload();
      idle[i] = i;
    }
    idleCount = workload.depth();
    initiator =
        Initiator.connect(
            url,
            InitiatorSettings.named("iqn.2026-11.io.tharsis:bench")
                .withQueueDepth(workload.depth() + 1)
                .withTimeout(Duration.ofMinutes(1)));
    device = new ScsiDevice(initiator);
    ScsiDevice.Capacity capacity = device.readCapacity16();
    sectorsPerCommand = workload.blockBytes() / capacity.blockBytes();
    commandsInDisk = capacity.bytes() / workload.blockBytes();
  }

  private Payload payload() {
    MemorySegment memory = arena.allocate(workload.blockBytes(), 4096);
    for (long at = 0; at < memory.byteSize(); at += Long.BYTES) {
      memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
    }
    return workload.access().isWrite() ? Payload.out(memory) : Payload.in(memory);
  }

  /**
   * What one run did.
   *
   * @param commands completed commands
   * @param nanos wall time, including a final flush where the workload ends with one
   * @param latencies of each command, in nanoseconds
   * @param ownCpuNanos CPU time of the initiator's thread
   */
  record Run(long commands, long nanos, Histogram latencies, long ownCpuNanos) {}

  /**
   * How much a run does.
   *
   * @param duration for so long at the most
   * @param perSecond so many commands per second at the most, as even as the depth allows
   * @param commands so many at the most
   */
  record Limit(Duration duration, double perSecond, long commands) {

    static Limit of(Duration duration) {
      return new Limit(duration, Double.POSITIVE_INFINITY, Long.MAX_VALUE);
    }

    Limit atMost(double perSecond) {
      return new Limit(duration, perSecond, commands);
    }

    Limit times(long most) {
      return new Limit(duration, perSecond, most);
    }

    private boolean isPaced() {
      return perSecond < Double.POSITIVE_INFINITY;
    }
  }

  /**
   * Keeps the depth filled for that long, then lets everything finish and, where the workload says
   * so, flushes.
   *
   * @throws IOException where a command fails or the connection breaks
   */
  Run run(Duration duration) throws IOException {
    return run(Limit.of(duration));
  }

  /** The same within limits. */
  Run run(Limit limit) throws IOException {
    latencies.reset();
    commands = 0;
    long cpuBefore = OwnCpu.threadNanos();
    long begin = System.nanoTime();
    long end = begin + limit.duration().toNanos();
    long submitted = 0;
    while (System.nanoTime() < end && submitted < limit.commands()) {
      double due = limit.perSecond() * (System.nanoTime() - begin) / NANOS_PER_SECOND;
      while (idleCount > 0 && submitted < due && submitted < limit.commands()) {
        submit(idle[--idleCount]);
        submitted++;
      }
      initiator.poll(limit.isPaced() ? PACED_POLL_MILLIS : POLL_MILLIS);
    }
    initiator.drain();
    if (workload.endsWithFlush()) {
      device.synchronizeCache();
    }
    long nanos = System.nanoTime() - begin;
    return new Run(commands, nanos, latencies.copy(), OwnCpu.threadNanos() - cpuBefore);
  }

  private void submit(int slot) {
    long at =
        workload.access().isRandom()
            ? random.nextLong(commandsInDisk)
            : nextSequential++ % commandsInDisk;
    long lba = at * sectorsPerCommand;
    Cdb cdb =
        workload.access().isWrite()
            ? Cdb.write10(lba, sectorsPerCommand, false)
            : Cdb.read10(lba, sectorsPerCommand);
    submittedNanos[slot] = System.nanoTime();
    initiator.submit(cdb, payloads[slot], completion, slot);
  }

  private void completed(long slot, CommandResult result) {
    idle[idleCount++] = (int) slot;
    if (result.isAccessChanged()) {
      return; // it was not begun; another one takes its place
    }
    if (!result.isGood()) {
      throw new IllegalStateException(workload.name() + ": " + result);
    }
    latencies.recordValue(System.nanoTime() - submittedNanos[(int) slot]);
    commands++;
  }

  /** Writes out what a volatile cache may hold, outside any measurement. */
  void flush() throws IOException {
    device.synchronizeCache();
  }

  @Override
  public void close() {
    initiator.close();
    arena.close();
  }
}
