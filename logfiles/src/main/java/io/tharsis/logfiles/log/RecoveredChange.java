package io.tharsis.logfiles.log;

/** Takes, in log order, the changes that recovery finds at or above the checkpoint. */
@FunctionalInterface
public interface RecoveredChange {
  /** The record at {@code lsn} changes a range of a volume; its atomic group is whole. */
  void found(Entry entry, long lsn);
}
