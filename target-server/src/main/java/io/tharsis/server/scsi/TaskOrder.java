package io.tharsis.server.scsi;

/** When a task of a task set may start, SAM-5 8.6. */
enum TaskOrder {
  /** At once; it holds nobody. For commands that were refused. */
  UNORDERED,
  /** When no HEAD OF QUEUE task and no older ORDERED task is in the set. */
  SIMPLE,
  /** When no HEAD OF QUEUE task and no older task at all is in the set. */
  ORDERED,
  /** At once; it holds everything that has not started. */
  HEAD_OF_QUEUE
}
