package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.LogfileName;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The files of a resource's directory as recovery finds them: opened, their headers read, and the
 * newest unbroken chain of begun logfiles told apart from spare ones.
 */
final class LogCandidates {

  /** Prefix of files that were preallocated and never used. */
  static final String SPARE_PREFIX = "spare-";

  /** A file whose header says that it was begun under this very name. */
  record Begun(String name, LogfileHeader header, Disk disk) {}

  private record Unused(LogDirectory.Spare file, Optional<Long> corruptNumber) {}

  private final Store store;
  private final UUID resourceId;
  private final List<Begun> chain = new ArrayList<>();
  private final List<Unused> unused = new ArrayList<>();

  private LogCandidates(Store store, UUID resourceId) {
    this.store = store;
    this.resourceId = resourceId;
  }

  static Async<LogCandidates> read(Store store, UUID resourceId) {
    LogCandidates found = new LogCandidates(store, resourceId);
    return store
        .list()
        .then(names ->
            Async.forEach(names.stream().filter(LogCandidates::isOurs).toList(), found::open))
        .map(done -> {
          found.keepNewestChain();
          return found;
        });
  }

  static boolean isOurs(String name) {
    return name.startsWith(SPARE_PREFIX) || LogfileName.parse(name).isPresent();
  }

  /** Begun logfiles, oldest first, each continuing the one before it. */
  List<Begun> chain() {
    return chain;
  }

  /** Files that hold nothing of value. */
  List<LogDirectory.Spare> spares() {
    return unused.stream().map(Unused::file).toList();
  }

  /** A file with this number whose header is damaged: torn when it was begun, or rotten. */
  Optional<Disk> corrupt(long number) {
    return unused.stream()
        .filter(file -> file.corruptNumber().filter(n -> n == number).isPresent())
        .map(file -> file.file().disk())
        .findFirst();
  }

  private Async<Void> open(String name) {
    return store.open(name).then(disk -> readHeader(name, disk));
  }

  private Async<Void> readHeader(String name, Disk disk) {
    if (disk.sizeBytes() < LogfileHeader.BYTES + LogLimits.BLOCK_BYTES) {
      return Async.failed(
          new LogDamage(LogDamage.Code.NOT_OURS, name + " is too short to be a logfile"));
    }
    ByteBuffer block = ByteBuffer.allocateDirect(LogfileHeader.BYTES);
    return Async.start(done -> disk.read(block, 0, done))
        .then(done -> classify(name, disk, LogfileHeader.decode(block, 0, resourceId)));
  }

  private Async<Void> classify(String name, Disk disk, Reading<LogfileHeader> header) {
    Optional<Long> number = LogfileName.parse(name).map(LogfileName::number);
    LogDirectory.Spare spare = new LogDirectory.Spare(name, disk);
    Optional<IOException> refusal =
        switch (header) {
          case Reading.Sound<LogfileHeader>(LogfileHeader value) -> {
            if (number.filter(n -> n == value.number()).isPresent()) {
              chain.add(new Begun(name, value, disk));
            } else {
              unused.add(new Unused(spare, Optional.empty()));
            }
            yield Optional.empty();
          }
          case Reading.Blank<LogfileHeader> blank -> {
            unused.add(new Unused(spare, Optional.empty()));
            yield Optional.empty();
          }
          case Reading.Corrupt<LogfileHeader> corrupt -> {
            unused.add(new Unused(spare, number));
            yield Optional.empty();
          }
          case Reading.TooNew<LogfileHeader> tooNew -> refuse(name, header);
          case Reading.Foreign<LogfileHeader> foreign -> refuse(name, header);
        };
    return refusal.<Async<Void>>map(Async::failed).orElse(Async.done());
  }

  private static Optional<IOException> refuse(String name, Reading<LogfileHeader> header) {
    return Optional.of(new LogDamage(LogDamage.Code.NOT_OURS, name + ": " + header.words()));
  }

  /**
   * Walks from the newest file back as long as each continues an older one; the rest is history.
   */
  private void keepNewestChain() {
    chain.sort(Comparator.comparingLong(file -> file.header().number()));
    int first = Math.max(0, chain.size() - 1);
    while (first > 0 && continues(chain.get(first - 1).header(), chain.get(first).header())) {
      first--;
    }
    for (Begun history : chain.subList(0, first)) {
      unused.add(
          new Unused(new LogDirectory.Spare(history.name(), history.disk()), Optional.empty()));
    }
    chain.subList(0, first).clear();
  }

  private static boolean continues(LogfileHeader older, LogfileHeader newer) {
    long end = newer.predecessor().endLsn();
    return newer.baseLsn() == end && older.baseLsn() <= end && end <= older.limitLsn();
  }
}
