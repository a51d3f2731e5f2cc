package io.tharsis.replication.control;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something listens, {@code HOST:PORT}; an IPv6 address stands in brackets, RFC 3986 3.2.2.
 *
 * @param host name or address, without brackets
 * @param port 0 lets the system choose
 */
public record HostPort(String host, int port) {

  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%[\\w.-]+)?)]|([^:\\[\\]\\s]+)):(\\d{1,5})");

  /** Reads it; empty if it has another form. */
  public static Optional<HostPort> parse(String word) {
    Matcher parts = FORM.matcher(word);
    if (!parts.matches() || Integer.parseInt(parts.group(3)) > MAX_PORT) {
      return Optional.empty();
    }
    String host = Optional.ofNullable(parts.group(1)).orElse(parts.group(2));
    return Optional.of(new HostPort(host, Integer.parseInt(parts.group(3))));
  }

  /** What a socket says it is bound to. */
  public static HostPort of(InetSocketAddress bound) {
    return new HostPort(bound.getAddress().getHostAddress(), bound.getPort());
  }

  /** The same host with another port. */
  public HostPort withPort(int otherPort) {
    return new HostPort(host, otherPort);
  }

  /** Looks the host up, which may block; the result may be unresolved. */
  public InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
