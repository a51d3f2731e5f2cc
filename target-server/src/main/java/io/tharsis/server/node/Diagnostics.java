package io.tharsis.server.node;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Messages for people, on stderr: one line for each event, with time, level and who says it. What
 * the world does wrong is told in the line; only a bug of ours shows its stack.
 */
public final class Diagnostics {

  /** Says which jar it came from; held here because the JVM forgets levels of loggers it drops. */
  private static final Logger TALKATIVE = Logger.getLogger("net.openhft");

  /** Says how it starts, and that clients went away; held here likewise. */
  private static final Logger CHATTY = Logger.getLogger("io.helidon");

  private Diagnostics() {}

  /** Makes everything that logs in this process, libraries included, speak this way. */
  public static void install() {
    LogManager.getLogManager().reset();
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new Line());
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(Level.INFO);
    TALKATIVE.setLevel(Level.WARNING);
    CHATTY.setLevel(Level.SEVERE);
  }

  /** Speaks when the logging of the JVM has been shut down already: while the process ends. */
  static void last(Level level, String message) {
    System.err.print(format(Instant.now(), level, "tharsis", message));
  }

  private static String format(Instant when, Level level, String who, String message) {
    return String.format(
        Locale.ROOT,
        "%s %-7s %s: %s%n",
        when.truncatedTo(ChronoUnit.MILLIS),
        level.getName(),
        who,
        message.replace('\n', ' '));
  }

  /** One event, one line. */
  static final class Line extends Formatter {
    @Override
    public String format(LogRecord event) {
      String message = formatMessage(event);
      Throwable thrown = event.getThrown();
      if (thrown instanceof IOException world) {
        message += ": " + WorldFailure.describe(world);
      } else if (thrown != null) {
        message += ": " + thrown;
      }
      String line =
          Diagnostics.format(
              event.getInstant(), event.getLevel(), shortName(event.getLoggerName()), message);
      return thrown == null || thrown instanceof IOException ? line : line + stackOf(thrown);
    }

    private static String shortName(String logger) {
      return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String stackOf(Throwable thrown) {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return text.toString();
    }
  }
}
