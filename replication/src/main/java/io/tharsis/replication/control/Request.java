package io.tharsis.replication.control;

import java.time.Duration;

/**
 * A verb with how it is to be carried out.
 *
 * @param command what to do
 * @param deadline how long it may take; positive, at most {@link #LONGEST}
 * @param dryRun say what would be done, and whether it would be refused; change nothing
 */
public record Request(Command command, Duration deadline, boolean dryRun) {

  /** The longest a verb may take. */
  public static final Duration LONGEST = Duration.ofDays(7);

  /** A deadline out of its bounds is a bug of the caller: {@link RequestForm} checks before. */
  public Request {
    if (!deadline.isPositive() || deadline.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("no deadline: " + deadline);
    }
  }
}
