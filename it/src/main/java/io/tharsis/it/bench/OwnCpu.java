package io.tharsis.it.bench;

import java.lang.management.ManagementFactory;

/** CPU time of the calling thread. */
final class OwnCpu {

  private OwnCpu() {}

  static long threadNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
