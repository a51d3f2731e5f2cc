package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the directory of a resource from outside: reads everything, judges it as an opening
 * would, and changes nothing; so it may run beside the node that writes the log. Lives on an owner
 * of its own.
 *
 * <p>What looks damaged may only have been caught while it was being written, or recycled. So a
 * damage counts when two looks in a row find the same and no logfile was begun anew meanwhile.
 */
public final class LogInspection {

  /** Looks after which an inspection gives up on a log that is recycled under its eyes. */
  static final int MAX_LOOKS = 12;

  /** How long the writer gets to finish what it is doing before the next look. */
  private static final Duration PAUSE = Duration.ofMillis(25);

  /** The directory does not hold the log of a resource. */
  public static final class NoResource extends IOException {
    private static final long serialVersionUID = 1L;

    NoResource(String directory) {
      super(directory + " does not hold the log of a resource");
    }
  }

  /** A marker that cannot be cleared: it is not there, or it is about something else. */
  public static final class NotCleared extends IOException {
    private static final long serialVersionUID = 1L;

    NotCleared(String message) {
      super(message);
    }
  }

  /** The directory cannot be locked: a running node has it. */
  public static final class InUse extends IOException {
    private static final long serialVersionUID = 1L;

    InUse(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Takes records one by one, in log order. */
  @FunctionalInterface
  public interface RecordSink {
    /** A whole record of a logfile; the view is valid during the call only. */
    void record(String logfile, RecordView record);
  }

  private final Store store;
  private final Clock clock;
  private Optional<List<LogReport.Damage>> damagesBefore = Optional.empty();
  private int looks;

  private LogInspection(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Reads and judges everything in the directory.
   *
   * @param store the directory, opened for reading, without its lock
   * @return the report; fails with {@link NoResource}, or with an error of the host
   */
  public static Async<LogReport> examine(Store store, Clock clock) {
    LogInspection inspection = new LogInspection(store, clock);
    return Async.repeat(inspection::look);
  }

  private Async<Optional<LogReport>> look() {
    looks++;
    ReadOnlyStore files = new ReadOnlyStore(store);
    InspectionPass pass = new InspectionPass(files);
    return pass.run()
        .then(report -> weigh(pass, report))
        .then(result -> files.closeAll().map(done -> result))
        .orElse(cause -> files.closeAll().then(done -> retry(cause)));
  }

  private Async<Optional<LogReport>> weigh(InspectionPass pass, LogReport report) {
    if (report.damages().isEmpty()) {
      return Async.of(Optional.of(report));
    }
    return pass.isSteady()
        .then(steady -> {
          boolean again = steady && damagesBefore.equals(Optional.of(report.damages()));
          damagesBefore = steady ? Optional.of(report.damages()) : Optional.empty();
          return again
              ? Async.of(Optional.of(report))
              : retry(new IOException(store.name() + " changes faster than it can be read"));
        });
  }

  private Async<Optional<LogReport>> retry(IOException cause) {
    if (looks >= MAX_LOOKS || cause instanceof NoResource) {
      return Async.failed(cause);
    }
    Async<Optional<LogReport>> later = new Async<>();
    clock.after(PAUSE, () -> later.succeed(Optional.empty()));
    return later;
  }

  /**
   * Tells every whole record of the log that begins in {@code [fromLsn, toLsn)}, as far as the
   * report has found whole records.
   *
   * @param report of an examination of this directory
   * @return names of logfiles that were recycled before they were read to their end
   */
  public static Async<List<String>> dump(
      Store store, LogReport report, long fromLsn, long toLsn, RecordSink sink) {
    ReadOnlyStore files = new ReadOnlyStore(store);
    return new LogDump(files, fromLsn, toLsn, sink)
        .run(report.files())
        .then(lost -> files.closeAll().map(done -> lost))
        .orElse(cause -> files.closeAll().then(done -> Async.failed(cause)));
  }

  /**
   * Clears the poison marker, durably; the log takes writes again at its next opening.
   *
   * @param store the directory, opened for writing
   * @param logfile the name of the logfile that the marker is about, as a check; a marker that
   *     cannot be read is cleared whatever the name
   * @return what the marker said; fails with {@link NotCleared} or {@link InUse}
   */
  public static Async<Poison> clearPoison(Store store, String logfile) {
    return store
        .lock()
        .orElse(cause -> Async.failed(new InUse(cause)))
        .then(locked ->
            clearLocked(store, logfile)
                .then(poison -> store.unlock().map(done -> poison))
                .orElse(cause -> store.unlock().then(done -> Async.failed(cause))));
  }

  private static Async<Poison> clearLocked(Store store, String logfile) {
    return store
        .open(CheckpointFile.NAME)
        .then(disk -> CheckpointFile.decide(disk).then(found -> disk.close().map(done -> found)))
        .then(found ->
            found instanceof Slots.Decision.InForce(Checkpoint checkpoint, var other)
                ? store
                    .open(PoisonFile.NAME)
                    .map(PoisonFile::new)
                    .then(file -> clear(file, checkpoint, logfile))
                : Async.failed(
                    new NotCleared(store.name() + " has no checkpoint that can be read")));
  }

  private static Async<Poison> clear(PoisonFile file, Checkpoint checkpoint, String logfile) {
    return file.read(checkpoint.resourceId())
        .then(marker ->
            switch (marker) {
              case Reading.Sound<Poison>(Poison poison) ->
                  poison.logfile().equals(logfile)
                      ? file.clear().map(done -> poison)
                      : Async.<Poison>failed(
                          new NotCleared(
                              "the poison marker is about "
                                  + poison.logfile()
                                  + ", not "
                                  + logfile));
              case Reading.Blank<Poison> blank ->
                  Async.<Poison>failed(new NotCleared("there is no poison marker to clear"));
              // Writing the marker was cut short, or it has rotted: it names nothing any more, and
              // there must be a way to open the log again.
              case Reading.Corrupt<Poison> corrupt ->
                  file.clear()
                      .map(done ->
                          new Poison(checkpoint.resourceId(), logfile, 0, 0, corrupt.words()));
              case Reading.TooNew<Poison> tooNew -> Async.<Poison>failed(unreadable(marker));
              case Reading.Foreign<Poison> foreign -> Async.<Poison>failed(unreadable(marker));
            })
        .then(poison -> file.close().map(done -> poison))
        .orElse(cause -> file.close().then(done -> Async.failed(cause)));
  }

  private static NotCleared unreadable(Reading<Poison> marker) {
    return new NotCleared("the poison marker is " + marker.words());
  }
}
