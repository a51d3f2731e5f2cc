package io.tharsis.server.iscsi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Text negotiation on the wire, RFC 7143 6.1: {@code key=value} pairs, each ended by a NUL. */
final class TextKeys {

  private static final int MAX_KEY_CHARS = 63;
  private static final int MAX_VALUE_CHARS = 8192;
  private static final int MAX_PAIRS = 256;

  private TextKeys() {}

  /** One pair; the value may be empty. */
  record Pair(String key, String value) {}

  /** The pairs of a complete text, or nothing if it is not one. */
  static Optional<List<Pair>> parse(byte[] text) {
    List<Pair> pairs = new ArrayList<>();
    int from = 0;
    for (int at = 0; at <= text.length; at++) {
      if (at < text.length && text[at] != 0) {
        continue;
      }
      if (at > from) {
        Optional<Pair> pair = pair(new String(text, from, at - from, StandardCharsets.UTF_8));
        if (pair.isEmpty() || pairs.size() == MAX_PAIRS) {
          return Optional.empty();
        }
        pairs.add(pair.get());
      }
      from = at + 1;
    }
    return Optional.of(pairs);
  }

  private static Optional<Pair> pair(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0 || equals > MAX_KEY_CHARS || text.length() - equals > MAX_VALUE_CHARS) {
      return Optional.empty();
    }
    return Optional.of(new Pair(text.substring(0, equals), text.substring(equals + 1)));
  }

  /** The bytes of the pairs. */
  static byte[] format(List<Pair> pairs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Pair pair : pairs) {
      out.writeBytes((pair.key() + "=" + pair.value()).getBytes(StandardCharsets.UTF_8));
      out.write(0);
    }
    return out.toByteArray();
  }
}
