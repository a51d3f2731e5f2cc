package io.tharsis.replication.simnet;

import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * What one host's bytes take to another, in this direction. All connections share its bandwidth;
 * each keeps its own order, and they overtake each other. While it is cut everything waits, as TCP
 * makes it do, unless its connection ends meanwhile.
 */
public final class SimLine {

  private static final Duration SHORTEST = Duration.ofNanos(50_000);
  private static final Duration LONGEST = Duration.ofMillis(2);
  private static final long BYTES_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Simulation simulation;
  private final SimRandom random;
  private final String label;
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();
  private Duration shortest = SHORTEST;
  private Duration longest = LONGEST;
  private long bytesPerSecond = BYTES_PER_SECOND;
  private long freeAtNanos;
  private boolean cut;

  SimLine(Simulation simulation, String label) {
    this.simulation = simulation;
    this.random = simulation.random("line " + label);
    this.label = "net " + label;
  }

  /** From now on bytes take between these times. */
  public SimLine delay(Duration least, Duration most) {
    shortest = least;
    longest = most;
    return this;
  }

  /** It is as fast as it was at first. */
  void calm() {
    delay(SHORTEST, LONGEST).bandwidth(BYTES_PER_SECOND);
  }

  /** From now on it takes so many bytes in a second. */
  public SimLine bandwidth(long newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
    return this;
  }

  /** Nothing arrives any more. */
  public void cut() {
    cut = true;
  }

  /** What waited arrives now. */
  public void mend() {
    cut = false;
    while (!held.isEmpty()) {
      simulation.schedule(Duration.ZERO, label, held.remove());
    }
  }

  /** Whether it is cut. */
  public boolean isCut() {
    return cut;
  }

  /** When so many bytes arrive that leave now, and not before {@code notBefore}. */
  long arrivalNanos(long bytes, long notBefore, Duration extra) {
    long now = simulation.nowNanos();
    long spread = longest.toNanos() - shortest.toNanos();
    freeAtNanos = Math.max(now, freeAtNanos) + bytes * NANOS_PER_SECOND / bytesPerSecond;
    long arrival = freeAtNanos + shortest.toNanos() + random.below(spread + 1) + extra.toNanos();
    return Math.max(arrival, notBefore);
  }

  /** Lets something arrive at a time, or later if the line is cut then. */
  void carry(long atNanos, Runnable arrival) {
    Runnable attempt =
        () -> {
          if (cut) {
            held.add(arrival);
          } else {
            arrival.run();
          }
        };
    simulation.schedule(Duration.ofNanos(atNanos - simulation.nowNanos()), label, attempt);
  }
}
