package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import java.util.ArrayList;
import java.util.List;

/** Tells the records of a log that was examined before, file by file. Used once. */
final class LogDump {

  private final Store store;
  private final long fromLsn;
  private final long toLsn;
  private final LogInspection.RecordSink sink;
  private final List<String> recycled = new ArrayList<>();

  LogDump(Store store, long fromLsn, long toLsn, LogInspection.RecordSink sink) {
    this.store = store;
    this.fromLsn = fromLsn;
    this.toLsn = toLsn;
    this.sink = sink;
  }

  Async<List<String>> run(List<LogReport.File> files) {
    return Async.forEach(files.stream().filter(this::isWanted).toList(), this::tell)
        .map(done -> List.copyOf(recycled));
  }

  private boolean isWanted(LogReport.File file) {
    return file.contents().filter(contents -> fromLsn < contents.endLsn()).isPresent()
        && file.header().sound().filter(header -> header.baseLsn() < toLsn).isPresent();
  }

  private Async<Void> tell(LogReport.File file) {
    return file.header() instanceof Reading.Sound<LogfileHeader>(LogfileHeader header)
        ? store
            .open(file.name())
            .then(disk ->
                new LogfileScan(header, disk, (view, buffer, at) -> tell(file.name(), view))
                    .walk(header.baseLsn(), file.contents().orElseThrow().endLsn()))
            .map(end -> {
              if (end.damage().isPresent()) {
                recycled.add(file.name());
              }
              return null;
            })
        : Async.done();
  }

  private void tell(String logfile, RecordView view) {
    if (fromLsn <= view.lsn() && view.lsn() < toLsn) {
      sink.record(logfile, view);
    }
  }
}
