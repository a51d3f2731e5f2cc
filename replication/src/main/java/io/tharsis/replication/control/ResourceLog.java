package io.tharsis.replication.control;

import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.RecordFlags;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.log.LogInspection;
import io.tharsis.logfiles.log.LogReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The log of one resource on this host, looked at from outside: on a stopped node, or beside a
 * running one. Every method blocks until it is done.
 */
public final class ResourceLog {

  private final Path directory;

  /**
   * The log in a directory.
   *
   * @param directory the resource's, {@code DIR/resource-NAME}
   */
  public ResourceLog(Path directory) {
    this.directory = directory;
  }

  /** Names of the types of records, in order of their codes. */
  public static List<String> recordTypes() {
    return Stream.of(RecordType.values()).map(RecordType::name).toList();
  }

  /** Reads and judges all of it; changes nothing. */
  public LogView inspect() throws RefusedException {
    return LogViews.of(examine());
  }

  /**
   * Tells the records of the log, in order; changes nothing.
   *
   * @param lines gets them, on a thread that is not the caller's
   * @return what an inspection of the same log says
   */
  public LogView dump(RecordFilter filter, Consumer<RecordLine> lines) throws RefusedException {
    LogReport report = examine();
    List<String> recycled =
        call(
            HostDisk.Options.READ_ONLY,
            rim ->
                rim.open()
                    .then(store ->
                        LogInspection.dump(
                            store,
                            report,
                            filter.fromLsn(),
                            filter.toLsn(),
                            (logfile, record) -> {
                              RecordLine line = line(logfile, record);
                              if (filter.accepts(line)) {
                                lines.accept(line);
                              }
                            })));
    if (!recycled.isEmpty()) {
      throw Refusal.host(
              "recycled",
              String.join(", ", recycled) + " was recycled by the running node while it was read",
              "the same command again, or stop the node first")
          .thrown();
    }
    return LogViews.of(report);
  }

  private LogReport examine() throws RefusedException {
    checkDirectory();
    return call(
        HostDisk.Options.READ_ONLY,
        rim -> rim.open().then(store -> LogInspection.examine(store, rim.clock())));
  }

  /**
   * Clears the poison marker of a log that is not open, durably.
   *
   * @param logfile name of the logfile that the marker is about
   * @return what the marker said
   */
  public LogView.PoisonView clearPoison(String logfile) throws RefusedException {
    checkDirectory();
    return LogViews.marker(
        call(
            HostDisk.Options.BUFFERED,
            rim -> rim.open().then(store -> LogInspection.clearPoison(store, logfile))));
  }

  private void checkDirectory() throws RefusedException {
    if (!Files.isDirectory(directory)) {
      throw Refusal.usage(
              "no-directory",
              directory + " is not a directory",
              "ls "
                  + existingParent()
                  + ", and give the resource's own directory, DIR/resource-NAME")
          .thrown();
    }
    if (!isResource(directory)) {
      throw noResource(directory + " does not hold the log of a resource");
    }
  }

  private Path existingParent() {
    Path parent = directory.toAbsolutePath().normalize();
    while (parent.getParent() != null && !Files.isDirectory(parent)) {
      parent = parent.getParent();
    }
    return parent;
  }

  /** Opening the lock creates it: so only where there is a log already. */
  private static boolean isResource(Path directory) {
    return Files.exists(directory.resolve("checkpoint")) || holds(directory, "log-*");
  }

  private static boolean holds(Path directory, String names) {
    try (var found = Files.newDirectoryStream(directory, names)) {
      return found.iterator().hasNext();
    } catch (IOException unreadable) {
      // The inspection itself will say why.
      return true;
    }
  }

  private RefusedException noResource(String sentence) {
    List<String> inside = new ArrayList<>();
    try (var found = Files.newDirectoryStream(directory, "resource-*")) {
      found.forEach(path -> inside.add(path.toString()));
    } catch (IOException unreadable) {
      inside.clear();
    }
    inside.sort(String::compareTo);
    return Refusal.usage(
            "no-resource",
            sentence,
            inside.isEmpty()
                ? "the resource's own directory, DIR/resource-NAME"
                : "tharsis log inspect " + inside.getFirst())
        .thrown();
  }

  private <T> T call(HostDisk.Options options, Rim.Call<T> what) throws RefusedException {
    try (Rim rim = new Rim(directory, options)) {
      return rim.call(what);
    } catch (LogInspection.NoResource e) {
      throw noResource(e.getMessage());
    } catch (LogInspection.NotCleared e) {
      throw Refusal.usage("not-cleared", e.getMessage(), "tharsis log inspect " + directory)
          .thrown();
    } catch (LogInspection.InUse e) {
      throw Refusal.host("in-use", e.getMessage(), "stop the node, then the same command again")
          .thrown();
    } catch (IOException e) {
      throw Refusal.host(
              "cannot-read",
              String.valueOf(e.getMessage()),
              "the same command as the user the node runs as")
          .thrown();
    }
  }

  private static RecordLine line(String logfile, RecordView record) {
    return new RecordLine(
        logfile,
        record.lsn(),
        LogViews.typeName(record.typeCode()),
        flags(record.flags()),
        record.volume(),
        record.offset(),
        record.lengthBytes(),
        record.payloadBytes(),
        HybridClock.millis(record.hybridTime()),
        HybridClock.counter(record.hybridTime()),
        record.durableLsn(),
        record.epochNumber());
  }

  private static String flags(int flags) {
    List<String> names = new ArrayList<>();
    if ((flags & RecordFlags.FUA) != 0) {
      names.add("FUA");
    }
    if ((flags & RecordFlags.ATOMIC_WITH_NEXT) != 0) {
      names.add("ATOMIC");
    }
    if ((flags & RecordFlags.SKIPPABLE) != 0) {
      names.add("SKIPPABLE");
    }
    return String.join("+", names);
  }
}
