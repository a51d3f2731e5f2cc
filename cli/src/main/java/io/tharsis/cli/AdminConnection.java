package io.tharsis.cli;

import io.tharsis.replication.control.AdminEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request to a node and its answer: HTTP/1.1 on a plain socket, RFC 9112. The HTTP client of
 * the JDK would take longer to start than everything else a verb does.
 */
final class AdminConnection {

  private static final int CONNECT_LIMIT_MILLIS = 5000;
  private static final int MAX_HEAD_BYTES = 16 << 10;
  private static final int MAX_BODY_BYTES = 256 << 20;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");

  /** What came back. */
  record Answer(int status, String body) {}

  private final AdminEndpoint endpoint;

  AdminConnection(AdminEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Asks and waits for the answer.
   *
   * @param path with the query, escaped
   * @param patience how long the answer may take
   * @throws java.net.ConnectException if nobody listens
   * @throws IOException if the answer does not come, or is none
   */
  Answer exchange(String method, String path, String body, Duration patience) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method
            + (" " + path + " HTTP/1.1\r\nHost: " + endpoint.address())
            + ("\r\nAuthorization: Bearer " + endpoint.token())
            + ("\r\nContent-Type: application/json\r\nContent-Length: " + content.length)
            + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket()) {
      socket.connect(endpoint.address().resolve(), CONNECT_LIMIT_MILLIS);
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
      all.writeBytes(content);
      socket.getOutputStream().write(all.toByteArray());
      return read(socket.getInputStream());
    }
  }

  private static Answer read(InputStream in) throws IOException {
    String[] lines = head(in).split("\r\n", -1);
    Matcher status = STATUS_LINE.matcher(lines[0]);
    if (!status.matches()) {
      throw new ProtocolException("what answers there does not speak HTTP/1.1");
    }
    OptionalInt length = OptionalInt.empty();
    for (String line : lines) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("transfer-encoding:")) {
        throw new ProtocolException("the answer has an unknown form");
      }
      if (lower.startsWith("content-length:")) {
        length = OptionalInt.of(length(lower.substring("content-length:".length()).strip()));
      }
    }
    byte[] body = in.readNBytes(length.orElse(MAX_BODY_BYTES));
    if (length.isPresent() && body.length < length.getAsInt()) {
      throw new EOFException("the answer was cut short");
    }
    return new Answer(Integer.parseInt(status.group(1)), new String(body, StandardCharsets.UTF_8));
  }

  private static int length(String digits) throws ProtocolException {
    if (!digits.matches("\\d{1,9}") || Integer.parseInt(digits) > MAX_BODY_BYTES) {
      throw new ProtocolException("the answer would be " + digits + " bytes long");
    }
    return Integer.parseInt(digits);
  }

  /** Everything up to the empty line, byte by byte: the body stays in the stream. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < MAX_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection was closed before the answer came");
      }
      head.append((char) next);
      if (next == '\n'
          && head.length() >= 4
          && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    throw new ProtocolException("the answer has no end to its head");
  }
}
