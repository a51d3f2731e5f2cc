package io.tharsis.logfiles.format;

import io.tharsis.logfiles.format.Reading.Blank;
import io.tharsis.logfiles.format.Reading.Corrupt;
import io.tharsis.logfiles.format.Reading.Foreign;
import io.tharsis.logfiles.format.Reading.Sound;
import io.tharsis.logfiles.format.Reading.TooNew;

/**
 * The two slots a checkpoint lives in. An update goes to the slot that does not hold the checkpoint
 * in force, so that a torn update leaves that one alone.
 */
public final class CheckpointSlots {

  /** Bytes of both slots, A before B. */
  public static final int BYTES = 2 * Checkpoint.BYTES;

  private CheckpointSlots() {}

  /** One of the two places. */
  public enum Slot {
    /** Even sequence numbers. */
    A,
    /** Odd sequence numbers. */
    B;

    /** Where a checkpoint with this sequence number belongs. */
    public static Slot of(long sequence) {
      return (sequence & 1) == 0 ? A : B;
    }

    /** Where it begins, in bytes from the beginning of slot A. */
    public int offset() {
      return this == A ? 0 : Checkpoint.BYTES;
    }
  }

  /** Which checkpoint is in force. */
  public sealed interface Decision {
    /**
     * This one.
     *
     * @param other what is in the other slot: sound and older, blank before the second update, or
     *     corrupt, as an update that was cut short leaves it
     */
    record InForce(Checkpoint checkpoint, Reading<Checkpoint> other) implements Decision {}

    /** Neither slot was ever written. */
    record NeverWritten() implements Decision {}

    /** None can be relied on, for this reason. */
    record Refused(String reason) implements Decision {}
  }

  /**
   * Decides from what was read in the two slots. A slot of another resource or of a newer program
   * refuses both: the sound one beside it may be older than what it hides. One damaged slot beside
   * a blank one refuses too: the first checkpoint is durable before anything else uses the disk, so
   * a replica in this state was never finished or has lost it.
   */
  public static Decision newest(Reading<Checkpoint> slotA, Reading<Checkpoint> slotB) {
    Reading<Checkpoint> a = inPlace(slotA, Slot.A);
    Reading<Checkpoint> b = inPlace(slotB, Slot.B);
    return switch (a) {
      case Foreign<Checkpoint> foreign -> refused(a, b);
      case TooNew<Checkpoint> tooNew -> refused(a, b);
      case Sound<Checkpoint>(Checkpoint valueA) ->
          switch (b) {
            case Sound<Checkpoint>(Checkpoint valueB) ->
                valueA.sequence() > valueB.sequence()
                    ? new Decision.InForce(valueA, b)
                    : new Decision.InForce(valueB, a);
            case Blank<Checkpoint> blank -> new Decision.InForce(valueA, b);
            case Corrupt<Checkpoint> corrupt -> new Decision.InForce(valueA, b);
            case Foreign<Checkpoint> foreign -> refused(a, b);
            case TooNew<Checkpoint> tooNew -> refused(a, b);
          };
      case Blank<Checkpoint> blank ->
          switch (b) {
            case Sound<Checkpoint>(Checkpoint valueB) -> new Decision.InForce(valueB, a);
            case Blank<Checkpoint> other -> new Decision.NeverWritten();
            case Corrupt<Checkpoint> corrupt -> refused(a, b);
            case Foreign<Checkpoint> foreign -> refused(a, b);
            case TooNew<Checkpoint> tooNew -> refused(a, b);
          };
      case Corrupt<Checkpoint> corrupt ->
          b instanceof Sound<Checkpoint>(Checkpoint valueB)
              ? new Decision.InForce(valueB, a)
              : refused(a, b);
    };
  }

  /**
   * A checkpoint in the other's slot was misdirected; equal sequence numbers cannot be, therefore.
   */
  private static Reading<Checkpoint> inPlace(Reading<Checkpoint> reading, Slot slot) {
    if (reading instanceof Sound<Checkpoint>(Checkpoint value) && value.slot() != slot) {
      return new Corrupt<>("checkpoint " + value.sequence() + " is in the wrong slot, " + slot);
    }
    return reading;
  }

  private static Decision refused(Reading<Checkpoint> a, Reading<Checkpoint> b) {
    return new Decision.Refused("slot A is " + a.words() + "; slot B is " + b.words());
  }
}
