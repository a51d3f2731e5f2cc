package io.tharsis.server.iscsi;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the answer to an offered value is found, RFC 7143 6.2. A value that is not of the rule's form
 * is answered with Reject and changes nothing.
 */
sealed interface NegotiationRule {

  /** Answer to a value that breaks the rules. */
  String REJECT = "Reject";

  /** The result for an offered value, or {@link #REJECT}. */
  String answer(String offer);

  /** The first value of the initiator's list that we know, too. */
  record FirstOf(List<String> ours) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      return Arrays.stream(offer.split(",", -1)).filter(ours::contains).findFirst().orElse(REJECT);
    }
  }

  /** Yes if both say yes. */
  record And(boolean ours) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      return isBoolean(offer) ? yesNo(ours && offer.equals("Yes")) : REJECT;
    }
  }

  /** Yes if one says yes. */
  record Or(boolean ours) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      return isBoolean(offer) ? yesNo(ours || offer.equals("Yes")) : REJECT;
    }
  }

  /** The smaller number. */
  record Min(int from, int to, int ours) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      OptionalInt number = number(offer, from, to);
      return number.isEmpty() ? REJECT : Integer.toString(Math.min(number.getAsInt(), ours));
    }
  }

  /** The larger number. */
  record Max(int from, int to, int ours) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      OptionalInt number = number(offer, from, to);
      return number.isEmpty() ? REJECT : Integer.toString(Math.max(number.getAsInt(), ours));
    }
  }

  /** A number that the initiator tells us; there is no answer but to garbage. */
  record DeclaredNumber(int from, int to) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      return number(offer, from, to).isEmpty() ? REJECT : offer;
    }
  }

  /** A text that the initiator tells us. */
  record DeclaredText() implements NegotiationRule {
    @Override
    public String answer(String offer) {
      return offer;
    }
  }

  /** Whatever is offered, this is the answer. */
  record Always(String constant) implements NegotiationRule {
    @Override
    public String answer(String offer) {
      return constant;
    }
  }

  /** Whether an accepted value is answered. */
  default boolean isDeclarative() {
    return this instanceof DeclaredNumber || this instanceof DeclaredText;
  }

  /** A decimal or {@code 0x} number in {@code [from, to]}, RFC 7143 6.1. */
  static OptionalInt number(String text, int from, int to) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    boolean wellFormed =
        !digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(c -> isDigit(c, hex));
    if (!wellFormed) {
      return OptionalInt.empty();
    }
    long number = Long.parseLong(digits, hex ? 16 : 10);
    return number < from || number > to ? OptionalInt.empty() : OptionalInt.of((int) number);
  }

  private static boolean isDigit(int c, boolean hex) {
    return (c >= '0' && c <= '9') || (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
  }

  private static boolean isBoolean(String text) {
    return text.equals("Yes") || text.equals("No");
  }

  private static String yesNo(boolean value) {
    return value ? "Yes" : "No";
  }
}
