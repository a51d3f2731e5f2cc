package io.tharsis.logfiles.scenario;

/**
 * What one atomic group of the log does: cells {@code [from, to)} get a new version.
 *
 * @param sequence place in the order of the log, from 1
 * @param zero whether they read as zeros then
 * @param operation what it is a part of
 */
record Change(long sequence, int from, int to, boolean zero, Operation operation) {

  /** What a cell holds behind it. */
  long version() {
    return zero ? 0 : sequence;
  }

  @Override
  public String toString() {
    return "%d %s [%d, %d) %s"
        .formatted(sequence, operation.kind(), from, to, operation.progress());
  }
}
