package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.Directory;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.ReplicaDocument;
import io.tharsis.replication.directory.ReplicaDocument.Fault;
import io.tharsis.replication.directory.ReplicaDocument.LogPart;
import io.tharsis.replication.directory.WriteRefused;
import io.tharsis.replication.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Tells others how this node's replica is, in its document. Lives on the node's owner. */
final class ReplicaTeller {

  private final Directory directory;
  private long syncTotalBytes;
  private LogPart lastLog = new LogPart(Faults.NO_EPOCH, 0, 0, 0);
  private ReplicaDocument.SyncPart lastSync = ReplicaDocument.SyncPart.NONE;
  private Optional<Long> contentMillis = Optional.empty();
  private boolean lastConsistent;
  private Optional<StagedTelling> lastStaged = Optional.empty();

  /** What is told of a resource. */
  record Said(UUID resource, ReplicaDocument document) {}

  /** Begins with what an earlier start has told. */
  ReplicaTeller(Directory directory, Deed deed) {
    this.directory = directory;
    directory
        .view()
        .replica(deed.resource(), directory.self().node())
        .map(shown -> shown.content())
        .filter(earlier -> earlier.membership().equals(deed.membership()))
        .ifPresent(earlier -> {
          lastLog = earlier.log();
          lastSync = earlier.sync();
          syncTotalBytes = earlier.sync().totalBytes();
          lastConsistent = earlier.words().contains(Faults.CONSISTENT);
          lastStaged = StagedTelling.of(earlier);
          contentMillis = Telling.of(earlier).contentMillis();
        });
  }

  /** What there is to say; empty as long as the resource has no id. */
  Optional<Said> compose(Deed deed, Optional<Report> report, Optional<Refusal> trouble) {
    if (deed.resource().equals(Key.NIL)) {
      return Optional.empty();
    }
    report.ifPresent(this::take);
    return Optional.of(
        new Said(
            deed.resource(),
            new ReplicaDocument(
                deed.membership(),
                deed.stage() == Deed.Stage.LEAVING,
                deed.switches(),
                new ReplicaDocument.DiskPart(report.isPresent(), sizes(deed)),
                lastLog,
                lastSync,
                words(report),
                faults(report, trouble),
                telling(deed, report))));
  }

  private void take(Report seen) {
    lastLog =
        new LogPart(
            seen.epoch(),
            seen.marks().retained(),
            seen.marks().checkpoint(),
            seen.marks().durable());
    long rest = seen.sync().restBytes();
    syncTotalBytes = rest == 0 ? 0 : Math.max(syncTotalBytes, rest);
    lastSync = new ReplicaDocument.SyncPart(syncTotalBytes, rest, seen.sync().newestLsn());
    lastConsistent = seen.sync().consistent();
    lastStaged =
        seen.sync().stage().map(it -> new StagedTelling(it.log().checkpoint(), it.log().durable()));
    if (lastStaged.isEmpty()) {
      contentMillis = seen.source().contentMillis().or(() -> contentMillis);
    }
  }

  private static SortedMap<Integer, Long> sizes(Deed deed) {
    SortedMap<Integer, Long> sizes = new TreeMap<>();
    deed.holding().sizeBytes().ifPresent(bytes -> sizes.put(0, bytes));
    return sizes;
  }

  private List<String> words(Optional<Report> report) {
    List<String> words = new ArrayList<>();
    report.filter(Report::serving).ifPresent(seen -> words.add(Faults.SERVING));
    report.filter(seen -> seen.source().linked()).ifPresent(seen -> words.add(Faults.LINKED));
    if (lastConsistent) {
      words.add(Faults.CONSISTENT);
    }
    if (lastStaged.isPresent()) {
      words.add(Faults.STAGING);
    }
    return words;
  }

  private List<Fault> faults(Optional<Report> report, Optional<Refusal> trouble) {
    List<Fault> faults = new ArrayList<>();
    report.ifPresent(seen ->
        seen.faults()
            .forEach(one ->
                faults.add(
                    new Fault(one.code(), Wire.cut(one.words(), Content.MAX_TEXT_BYTES), 0))));
    trouble.ifPresent(
        why -> faults.add(new Fault(codeOf(why), Wire.cut(why.fact(), Content.MAX_TEXT_BYTES), 0)));
    return faults.subList(0, Math.min(faults.size(), ReplicaDocument.MAX_ERRORS));
  }

  private static String codeOf(Refusal trouble) {
    return switch (trouble.code()) {
      case "log-damaged" -> Faults.LOG_DAMAGED;
      case "disk-missing", "disk-lost" -> Faults.DISK_MISSING;
      default -> Faults.NOT_OPEN;
    };
  }

  /** What changes all the time is left out where it says nothing. */
  private List<Content.Extra> telling(Deed deed, Optional<Report> report) {
    boolean replayed = lastLog.checkpointLsn() == lastLog.durableLsn();
    boolean upToDate = replayed && report.filter(seen -> seen.source().caughtUp()).isPresent();
    Optional<Long> content = deed.isPrimary() || upToDate ? Optional.empty() : contentMillis;
    List<Content.Extra> extras = new ArrayList<>();
    extras.add(new Telling(content, report.map(Report::rates).orElse(Report.Rates.NONE)).encode());
    lastStaged.ifPresent(it -> extras.add(it.encode()));
    report
        .map(Report::branches)
        .filter(it -> !it.isNothing())
        .ifPresent(it -> extras.add(it.encode()));
    return extras;
  }

  /** Says it, if it is anything new. Succeeds when it is durable. */
  Async<Void> tell(Deed deed, Optional<Report> report, Optional<Refusal> trouble) {
    return compose(deed, report, trouble)
        .map(said ->
            directory.writeReplica(said.resource(), said.document()).map(done -> (Void) null))
        .orElseGet(Async::done);
  }

  /**
   * Says that the replica is given up; that the resource is deleted does not matter. Until it is
   * said the primary may keep log for it.
   */
  Async<Void> withdraw(Deed deed) {
    return tell(deed.at(Deed.Stage.LEAVING), Optional.empty(), Optional.empty())
        .orElse(WriteRefused::unlessDeleted);
  }
}
