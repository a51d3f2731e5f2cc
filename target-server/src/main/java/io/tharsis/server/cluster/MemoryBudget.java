package io.tharsis.server.cluster;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Refusal;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The off-heap memory that the buffers of all open replicas of a node may take together, so that
 * one replica too many is refused and does not end the process. Used from any thread.
 */
final class MemoryBudget {

  /** The rest is for links, initiators, and what is read once. */
  private static final double SHARE_OF_REPLICAS = 0.75;

  private final long totalBytes;
  private final long eachBytes;
  private final AtomicLong taken = new AtomicLong();

  /**
   * A budget of which nothing is taken.
   *
   * @param totalBytes for all replicas
   * @param eachBytes that one takes at most
   */
  MemoryBudget(long totalBytes, long eachBytes) {
    this.totalBytes = totalBytes;
    this.eachBytes = eachBytes;
  }

  /** What this process may take, for replicas with such logs. */
  static MemoryBudget of(LogLimits limits) {
    return new MemoryBudget((long) (SHARE_OF_REPLICAS * directBytes()), limits.bufferBytes());
  }

  private static long directBytes() {
    long set =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    return set > 0 ? set : Runtime.getRuntime().maxMemory();
  }

  /** Takes what one replica needs, if there is so much left. */
  boolean take() {
    if (taken.addAndGet(eachBytes) <= totalBytes) {
      return true;
    }
    giveBack();
    return false;
  }

  /** Gives back what one replica took. */
  void giveBack() {
    taken.addAndGet(-eachBytes);
  }

  /** Why there is none left, and what would help. */
  Refusal refusal(String resource) {
    return Refusal.host(
        "memory-full",
        "no memory is left for the buffers of %s: %s of %s are taken, and each replica takes up to %s"
            .formatted(
                resource,
                DataSize.format(taken.get()),
                DataSize.format(totalBytes),
                DataSize.format(eachBytes)),
        "tharsis down another resource, or start the node with"
            + " THARSIS_JVM_OPTS=-XX:MaxDirectMemorySize=SIZE");
  }
}
