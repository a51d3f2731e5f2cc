package io.tharsis.server.scsi;

/**
 * What the target device remembers about one nexus: its pending unit attentions per logical unit
 * and how many tasks it has. Owned by {@link VolumeTargetDevice}, from establish to lose.
 */
final class NexusState {

  private final Nexus nexus;
  private final int[] attentions;
  private int tasks;

  NexusState(Nexus nexus, int units) {
    this.nexus = nexus;
    attentions = new int[units];
  }

  Nexus nexus() {
    return nexus;
  }

  /** Tasks of this nexus that are in a task set. */
  int tasks() {
    return tasks;
  }

  void taskEntered() {
    tasks++;
  }

  void taskLeft() {
    tasks--;
  }

  /** Makes a condition pending for the unit at {@code index} in the table of units. */
  void post(int index, UnitAttention attention) {
    attentions[index] = attention.addTo(attentions[index]);
  }

  boolean attentionPending(int index) {
    return attentions[index] != 0;
  }

  /** Takes the first pending condition, which there must be: it has been reported. */
  UnitAttention takeAttention(int index) {
    UnitAttention first = UnitAttention.firstOf(attentions[index]);
    attentions[index] = first.removeFrom(attentions[index]);
    return first;
  }
}
