package io.tharsis.replication.control;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 500ms}, {@code 60s}, {@code 5m}, {@code 2h}, {@code 7d}.
 */
public final class TimeSpan {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final long SECONDS_PER_MINUTE = 60;
  private static final long MINUTES_PER_HOUR = 60;
  private static final long HOURS_PER_DAY = 24;

  private TimeSpan() {}

  /** Reads a whole number with a unit; empty if it has another form. */
  public static Optional<Duration> parse(String word) {
    Matcher parts = FORM.matcher(word);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Optional.of(Duration.ofMillis(number));
      case "s" -> Optional.of(Duration.ofSeconds(number));
      case "m" -> Optional.of(Duration.ofMinutes(number));
      case "h" -> Optional.of(Duration.ofHours(number));
      default -> Optional.of(Duration.ofDays(number));
    };
  }

  /** For people, in its two largest units: {@code 3d 4h}, {@code 12m 5s}, {@code 8s}. */
  public static String format(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0) {
      return duration.toMillis() + "ms";
    }
    long minutes = seconds / SECONDS_PER_MINUTE;
    long hours = minutes / MINUTES_PER_HOUR;
    long days = hours / HOURS_PER_DAY;
    if (days > 0) {
      return days + "d " + hours % HOURS_PER_DAY + "h";
    }
    if (hours > 0) {
      return hours + "h " + minutes % MINUTES_PER_HOUR + "m";
    }
    return minutes > 0 ? minutes + "m " + seconds % SECONDS_PER_MINUTE + "s" : seconds + "s";
  }
}
