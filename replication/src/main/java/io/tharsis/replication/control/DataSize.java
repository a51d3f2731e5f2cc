package io.tharsis.replication.control;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of bytes as people write them: {@code 512MiB}, {@code 1GiB}, {@code 1073741824}. */
public final class DataSize {

  private static final Pattern FORM = Pattern.compile("(\\d{1,18})(?:([KMGT])(?:iB)?)?");
  private static final String UNITS = "KMGT";
  private static final int BITS_PER_UNIT = 10;

  private DataSize() {}

  /** Reads a whole number with an optional binary unit; empty if it has another form. */
  public static OptionalLong parse(String word) {
    Matcher parts = FORM.matcher(word);
    if (!parts.matches()) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(parts.group(1));
    int shift =
        Optional.ofNullable(parts.group(2))
            .map(unit -> BITS_PER_UNIT * (UNITS.indexOf(unit) + 1))
            .orElse(0);
    return number > Long.MAX_VALUE >> shift
        ? OptionalLong.empty()
        : OptionalLong.of(number << shift);
  }

  /** For people, in the largest unit that leaves a number of at least 1: {@code 1.5 GiB}. */
  public static String format(long bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1 << BITS_PER_UNIT && unit < UNITS.length()) {
      value /= 1 << BITS_PER_UNIT;
      unit++;
    }
    if (unit == 0) {
      return bytes + " B";
    }
    String number = String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
        + " "
        + UNITS.charAt(unit - 1)
        + "iB";
  }
}
