package io.tharsis.logfiles.format;

import io.tharsis.logfiles.format.Reading.Blank;
import io.tharsis.logfiles.format.Reading.Corrupt;
import io.tharsis.logfiles.format.Reading.Foreign;
import io.tharsis.logfiles.format.Reading.Sound;
import io.tharsis.logfiles.format.Reading.TooNew;

/**
 * The two slots a small content lives in that is replaced as a whole: checkpoint, dirty regions. An
 * update goes to the slot that does not hold the content in force, so that a torn update leaves
 * that one alone.
 */
public final class Slots {

  private Slots() {}

  /** What lives in slots. */
  public interface Content {
    /** One more with every update, from 1. */
    long sequence();

    /** Where it is to be written. */
    default Slot slot() {
      return Slot.of(sequence());
    }
  }

  /** One of the two places, A before B. */
  public enum Slot {
    /** Even sequence numbers. */
    A,
    /** Odd sequence numbers. */
    B;

    /** Where a content with this sequence number belongs. */
    public static Slot of(long sequence) {
      return (sequence & 1) == 0 ? A : B;
    }

    /** Where it begins, in bytes from the beginning of slot A. */
    public int offset(int slotBytes) {
      return this == A ? 0 : slotBytes;
    }
  }

  /** Which content is in force. */
  public sealed interface Decision<T> {
    /**
     * This one.
     *
     * @param other what is in the other slot: sound and older, blank before the second update, or
     *     corrupt, as an update that was cut short leaves it
     */
    record InForce<T>(T content, Reading<T> other) implements Decision<T> {}

    /** Neither slot was ever written. */
    record NeverWritten<T>() implements Decision<T> {}

    /** None can be relied on, for this reason. */
    record Refused<T>(String reason) implements Decision<T> {}
  }

  /**
   * Decides from what was read in the two slots. A slot of another resource or of a newer program
   * refuses both: the sound one beside it may be older than what it hides. One damaged slot beside
   * a blank one refuses too: the first content is durable before anything relies on it, so what is
   * found in this state was never finished or is lost.
   */
  public static <T extends Content> Decision<T> newest(Reading<T> slotA, Reading<T> slotB) {
    Reading<T> a = inPlace(slotA, Slot.A);
    Reading<T> b = inPlace(slotB, Slot.B);
    return switch (a) {
      case Foreign<T> foreign -> refused(a, b);
      case TooNew<T> tooNew -> refused(a, b);
      case Sound<T>(T valueA) ->
          switch (b) {
            case Sound<T>(T valueB) ->
                valueA.sequence() > valueB.sequence()
                    ? new Decision.InForce<>(valueA, b)
                    : new Decision.InForce<>(valueB, a);
            case Blank<T> blank -> new Decision.InForce<>(valueA, b);
            case Corrupt<T> corrupt -> new Decision.InForce<>(valueA, b);
            case Foreign<T> foreign -> refused(a, b);
            case TooNew<T> tooNew -> refused(a, b);
          };
      case Blank<T> blank ->
          switch (b) {
            case Sound<T>(T valueB) -> new Decision.InForce<>(valueB, a);
            case Blank<T> other -> new Decision.NeverWritten<>();
            case Corrupt<T> corrupt -> refused(a, b);
            case Foreign<T> foreign -> refused(a, b);
            case TooNew<T> tooNew -> refused(a, b);
          };
      case Corrupt<T> corrupt ->
          b instanceof Sound<T>(T valueB) ? new Decision.InForce<>(valueB, a) : refused(a, b);
    };
  }

  /** A content in the other's slot was misdirected; equal sequence numbers cannot be, therefore. */
  private static <T extends Content> Reading<T> inPlace(Reading<T> reading, Slot slot) {
    if (reading instanceof Sound<T>(T value) && value.slot() != slot) {
      return new Corrupt<>("number " + value.sequence() + " is in the wrong slot, " + slot);
    }
    return reading;
  }

  private static <T> Decision<T> refused(Reading<T> a, Reading<T> b) {
    return new Decision.Refused<>("slot A is " + a.words() + "; slot B is " + b.words());
  }
}
