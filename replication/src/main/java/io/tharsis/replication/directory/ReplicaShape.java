package io.tharsis.replication.directory;

import static io.tharsis.replication.directory.ContentCodec.entry;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The entries of a {@link ReplicaDocument}. */
final class ReplicaShape implements ContentCodec.Shape {

  static final int TAG_REPLICA = 1;
  static final int TAG_DISK = 2;
  static final int TAG_LOG = 3;
  static final int TAG_SYNC = 4;
  static final int TAG_WORD = 5;
  static final int TAG_ERROR = 6;
  static final int FLAG_WITHDRAWN = 1;
  static final int FLAG_ATTACHED = 2;

  private record Head(UUID membership, boolean withdrawn, boolean attached, Switches switches) {}

  private Optional<Head> head = Optional.empty();
  private Optional<ReplicaDocument.LogPart> log = Optional.empty();
  private ReplicaDocument.SyncPart sync = ReplicaDocument.SyncPart.NONE;
  private final SortedMap<Integer, Long> sizes = new TreeMap<>();
  private final List<String> words = new ArrayList<>();
  private final List<ReplicaDocument.Fault> errors = new ArrayList<>();

  static void put(Scratch into, ReplicaDocument replica) {
    entry(
        into,
        TAG_REPLICA,
        value ->
            value
                .putUuid(replica.membership())
                .putByte(
                    (replica.withdrawn() ? FLAG_WITHDRAWN : 0)
                        | (replica.disk().attached() ? FLAG_ATTACHED : 0))
                .putByte(replica.switches().bits()));
    replica
        .disk()
        .sizes()
        .forEach((volume, bytes) ->
            entry(into, TAG_DISK, value -> value.putShort(volume).putLong(bytes)));
    putLog(into, replica.log());
    ReplicaDocument.SyncPart sync = replica.sync();
    entry(
        into,
        TAG_SYNC,
        value ->
            value
                .putLong(sync.totalBytes())
                .putLong(sync.dirtyBytes())
                .putLong(sync.maxStampLsn()));
    replica.words().forEach(word -> entry(into, TAG_WORD, value -> Bytes.putText(value, word)));
    for (ReplicaDocument.Fault error : replica.errors()) {
      entry(
          into,
          TAG_ERROR,
          value -> {
            Bytes.putText(value.putLong(error.hybridTime()), error.code());
            Bytes.putText(value, error.message());
          });
    }
    ContentCodec.extras(into, replica.extras());
  }

  private static void putLog(Scratch into, ReplicaDocument.LogPart log) {
    entry(
        into,
        TAG_LOG,
        value ->
            value
                .putInt((int) log.epoch().number())
                .putUuid(log.epoch().id())
                .putLong(log.retainedLsn())
                .putLong(log.checkpointLsn())
                .putLong(log.durableLsn()));
  }

  @Override
  public boolean take(int tag, Scratch value) throws FormatException {
    switch (tag) {
      case TAG_REPLICA -> head = Optional.of(takeHead(value));
      case TAG_DISK -> sizes.put(value.takeShort(), value.takeLong());
      case TAG_LOG -> log = Optional.of(takeLog(value));
      case TAG_SYNC ->
          sync = new ReplicaDocument.SyncPart(value.takeLong(), value.takeLong(), value.takeLong());
      case TAG_WORD -> words.add(Bytes.takeText(value, Content.MAX_NAME_BYTES));
      case TAG_ERROR -> {
        long since = value.takeLong();
        String code = Bytes.takeText(value, Content.MAX_NAME_BYTES);
        String message = Bytes.takeText(value, Content.MAX_TEXT_BYTES);
        errors.add(new ReplicaDocument.Fault(code, message, since));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Head takeHead(Scratch value) throws FormatException {
    UUID membership = value.takeUuid();
    int flags = value.takeByte();
    if ((flags & ~(FLAG_WITHDRAWN | FLAG_ATTACHED)) != 0) {
      throw new FormatException(value.position(), "flags " + flags + " of a replica");
    }
    return new Head(
        membership,
        (flags & FLAG_WITHDRAWN) != 0,
        (flags & FLAG_ATTACHED) != 0,
        ResourceShape.takeSwitches(value));
  }

  private static ReplicaDocument.LogPart takeLog(Scratch value) throws FormatException {
    long number = value.takeInt() & 0xFFFF_FFFFL;
    EpochRef epoch = new EpochRef(number, value.takeUuid());
    return new ReplicaDocument.LogPart(epoch, value.takeLong(), value.takeLong(), value.takeLong());
  }

  @Override
  public Content content(List<Content.Extra> extras) throws FormatException {
    Head found = head.orElseThrow(() -> ContentCodec.missing(TAG_REPLICA));
    return new ReplicaDocument(
        found.membership,
        found.withdrawn,
        found.switches,
        new ReplicaDocument.DiskPart(found.attached, sizes),
        log.orElseThrow(() -> ContentCodec.missing(TAG_LOG)),
        sync,
        words,
        errors,
        extras);
  }
}
