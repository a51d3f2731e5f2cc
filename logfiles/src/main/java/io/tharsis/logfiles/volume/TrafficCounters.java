package io.tharsis.logfiles.volume;

/** Counts what goes through a resource. Belongs to it. */
final class TrafficCounters {

  private long reads;
  private long readBytes;
  private long writes;
  private long writtenBytes;

  void read(int bytes) {
    reads++;
    readBytes += bytes;
  }

  void write(int bytes) {
    writes++;
    writtenBytes += bytes;
  }

  ResourceStatus.Traffic with(long appendedBytes, long appliedBytes) {
    return new ResourceStatus.Traffic(
        reads, readBytes, writes, writtenBytes, appendedBytes, appliedBytes);
  }
}
