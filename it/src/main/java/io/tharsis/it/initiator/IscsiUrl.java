package io.tharsis.it.initiator;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a logical unit is: portal, target name and LUN. An immutable value.
 *
 * @param host name or address of the portal, an IPv6 address in brackets
 * @param port TCP port of the portal
 * @param target iSCSI name of the target (RFC 7143, 4.2.7)
 * @param lun number of the logical unit, below 256
 */
public record IscsiUrl(String host, int port, String target, int lun) {

  /** The port that stands for iSCSI where a URL names none (RFC 7143, 14). */
  public static final int DEFAULT_PORT = 3260;

  private static final Pattern FORM =
      Pattern.compile(
          "iscsi://(\\[[0-9A-Fa-f:.%]+]|[^/:\\[\\]@]+)(?::(\\d{1,5}))?/([^/]+)/(\\d{1,3})");

  public IscsiUrl {
    if (host.isEmpty() || target.isEmpty()) {
      throw new IllegalArgumentException("an iSCSI URL needs a host and a target name");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not a TCP port: " + port);
    }
    if (lun < 0 || lun > 255) {
      throw new IllegalArgumentException("not a LUN below 256: " + lun);
    }
  }

  /**
   * Reads {@code iscsi://HOST[:PORT]/IQN/LUN}.
   *
   * @throws IllegalArgumentException where the text has another form
   */
  public static IscsiUrl parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not iscsi://HOST[:PORT]/IQN/LUN: " + text);
    }
    int port = matcher.group(2) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(2));
    return new IscsiUrl(
        matcher.group(1), port, matcher.group(3), Integer.parseInt(matcher.group(4)));
  }

  /** {@code HOST:PORT}. */
  public String portal() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "iscsi://%s:%d/%s/%d", host, port, target, lun);
  }
}
