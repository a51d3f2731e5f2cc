package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a logfile, {@code log-000000001-HOST}: which piece of the stream it is and who wrote
 * it. Ordered by number (names of more than nine digits still are), then by host.
 *
 * @param number position among the logfiles of the resource, from 1
 * @param host who wrote it: 1 to 64 characters of {@code [A-Za-z0-9._-]}
 */
public record LogfileName(long number, String host) implements Comparable<LogfileName> {

  private static final Pattern NAME = Pattern.compile("log-(\\d{9,19})-([A-Za-z0-9._-]{1,64})");
  private static final Comparator<LogfileName> ORDER =
      Comparator.comparingLong(LogfileName::number).thenComparing(LogfileName::host);

  /** A name as it can stand in a directory. */
  public LogfileName {
    Invariant.check(number > 0, "logfile number", number);
    Invariant.check(host.matches("[A-Za-z0-9._-]{1,64}"), "host in logfile name", host);
  }

  /** A name for a host that may be called anything: what cannot stand in a name becomes '_'. */
  public static LogfileName of(long number, String hostName) {
    String host = hostName.replaceAll("[^A-Za-z0-9._-]", "_");
    return new LogfileName(
        number, host.isEmpty() ? "_" : host.substring(0, Math.min(64, host.length())));
  }

  /** The name, if it is one and printed the way we print it. */
  public static Optional<LogfileName> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number;
    try {
      number = Long.parseLong(matcher.group(1));
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
    return Optional.of(number)
        .filter(n -> n > 0)
        .map(n -> new LogfileName(n, matcher.group(2)))
        .filter(parsed -> parsed.toString().equals(name));
  }

  @Override
  public int compareTo(LogfileName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "log-%09d-%s", number, host);
  }
}
