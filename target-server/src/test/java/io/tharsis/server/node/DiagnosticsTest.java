package io.tharsis.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people get to read. */
class DiagnosticsTest {

  private static String line(String message, Throwable thrown) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setLoggerName("io.tharsis.server.node");
    event.setInstant(Instant.parse("2026-11-20T10:11:12.345678Z"));
    event.setThrown(thrown);
    return new Diagnostics.Line().format(event);
  }

  @Test
  void eventIsOneLine() {
    assertThat(line("one\ntwo", null))
        .isEqualTo("2026-11-20T10:11:12.345Z WARNING node: one two\n");
  }

  @Test
  void worldIsToldWithoutAStack() {
    assertThat(line("cannot read", new NoSuchFileException("/x")))
        .isEqualTo("2026-11-20T10:11:12.345Z WARNING node: cannot read: /x does not exist\n");
  }

  @Test
  void bugShowsItsStack() {
    assertThat(line("broken", new IllegalStateException("why")))
        .contains("broken: java.lang.IllegalStateException: why\n")
        .contains("\tat ");
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new NoSuchFileException("/x"), "/x does not exist"),
        Arguments.of(new AccessDeniedException("/x"), "/x: permission denied"),
        Arguments.of(new FileSystemException("/x", null, "odd"), "/x: odd"),
        Arguments.of(new FileSystemException("/x"), "/x cannot be used"),
        Arguments.of(new IOException("so it is"), "so it is"),
        Arguments.of(new IOException(), "java.io.IOException"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failureIsASentence(IOException cause, String sentence) {
    assertThat(WorldFailure.describe(cause)).isEqualTo(sentence);
  }
}
