package io.tharsis.server.scsi;

/**
 * A place in the ring of tasks of one task set, oldest first; the ring's head is a plain link.
 * Entering and leaving cost no allocation and no search.
 */
class TaskLink {

  private TaskLink before = this;
  private TaskLink after = this;

  final TaskLink after() {
    return after;
  }

  @SuppressWarnings("ReferenceEquality") // a place in the ring has no other identity
  final boolean is(TaskLink other) {
    return this == other;
  }

  /** Enters as the youngest of the ring that {@code head} belongs to. */
  final void enterLast(TaskLink head) {
    before = head.before;
    after = head;
    before.after = this;
    head.before = this;
  }

  final void leaveRing() {
    before.after = after;
    after.before = before;
    before = this;
    after = this;
  }
}
