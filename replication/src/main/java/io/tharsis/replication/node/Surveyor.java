package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogSurvey;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks at what an open replica's log has from a place on, and goes on from there when it is asked
 * again. Belongs to a {@link Lodger} and lives on the replica's owner.
 */
final class Surveyor {

  /** Most that is read for one question: a branch may be large, and nobody waits for all of it. */
  static final long MOST_BYTES = 256L << 20;

  private final Supplier<ReadableLog> log;
  private Optional<LogSurvey> survey = Optional.empty();
  private Optional<Async<Void>> closing = Optional.empty();

  Surveyor(Supplier<ReadableLog> log) {
    this.log = log;
  }

  /** What there is from a place on, as far as it was looked at until now. */
  Async<LogSurvey.Found> look(long fromLsn) {
    if (closing.isPresent()) {
      return Async.failed(new IOException("the replica is being closed"));
    }
    Optional<LogSurvey> before = survey.filter(LogSurvey::isBusy);
    if (before.isPresent()) {
      return before.get().fromLsn() == fromLsn
          ? Async.of(before.get().found())
          : Async.failed(new IOException("the log is being looked at"));
    }
    LogSurvey now =
        survey
            .filter(it -> it.fromLsn() == fromLsn)
            .orElseGet(() -> new LogSurvey(log.get(), fromLsn));
    survey = Optional.of(now);
    return now.advance(MOST_BYTES)
        .map(found -> {
          closeIfQuiet();
          return found;
        })
        .orElse(cause -> {
          closeIfQuiet();
          return Async.failed(cause);
        });
  }

  /** Looks no more; succeeds when nothing of the log is being read. */
  Async<Void> close() {
    Async<Void> closed = closing.orElseGet(Async::new);
    closing = Optional.of(closed);
    closeIfQuiet();
    return closed;
  }

  private void closeIfQuiet() {
    if (survey.filter(LogSurvey::isBusy).isEmpty()) {
      closing.filter(it -> !it.isDone()).ifPresent(it -> it.succeed(null));
    }
  }
}
