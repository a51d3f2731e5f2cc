package io.tharsis.replication.node;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.directory.Bytes;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.ReplicaDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a replica's document tells of a split: what that side has alone, and which branches are kept
 * there of splits that are over. {@code docs/formats/directory.md} draws it.
 *
 * @param loss what would be given up there; empty if there is nothing
 * @param kept the newest {@link #MAX_KEPT} of them
 */
record BranchTelling(Optional<Loss> loss, List<Kept> kept) {

  static final int TAG = 0x102;

  /** Most branches that are told. */
  static final int MAX_KEPT = 16;

  /** Nothing to tell. */
  static final BranchTelling NONE = new BranchTelling(Optional.empty(), List.of());

  private static final int MAX_NAME_BYTES = 64;

  /**
   * What one side has beyond a fork.
   *
   * @param fork where both sides part
   * @param bytes of log
   * @param firstMillis wall clock of the first write, milliseconds since 1970-01-01 UTC; 0 if there
   *     is none
   * @param lastMillis of the last one
   * @param touchedBytes of the volume
   */
  record Loss(Fork fork, long bytes, long firstMillis, long lastMillis, long touchedBytes) {}

  /**
   * A branch that is kept.
   *
   * @param epoch number of the newest epoch in it
   * @param fileBytes that its files take
   * @param keptMillis since when, by the wall clock of that node
   */
  record Kept(
      String name,
      long epoch,
      UUID epochId,
      long fromLsn,
      long toLsn,
      long fileBytes,
      long keptMillis) {}

  /** Not more than are told. */
  BranchTelling {
    kept = List.copyOf(kept.subList(Math.max(0, kept.size() - MAX_KEPT), kept.size()));
  }

  boolean isNothing() {
    return equals(NONE);
  }

  Content.Extra encode() {
    return new Content.Extra(
        TAG,
        Inquiry.bytes(into -> {
          into.putByte(loss.isPresent() ? 1 : 0);
          loss.ifPresent(it -> put(into, it));
          into.putShort(kept.size());
          kept.forEach(one -> put(into, one));
        }));
  }

  private static void put(Scratch into, Loss loss) {
    into.putUuid(loss.fork().epochId()).putLong(loss.fork().lsn()).putLong(loss.bytes());
    into.putLong(loss.firstMillis()).putLong(loss.lastMillis()).putLong(loss.touchedBytes());
  }

  private static void put(Scratch into, Kept one) {
    Bytes.putText(into, one.name());
    into.putLong(one.epoch()).putUuid(one.epochId()).putLong(one.fromLsn()).putLong(one.toLsn());
    into.putLong(one.fileBytes()).putLong(one.keptMillis());
  }

  /** What a document tells; nothing if it does not, or in a way that is not understood. */
  static BranchTelling of(ReplicaDocument document) {
    for (Content.Extra extra : document.extras()) {
      if (extra.tag() == TAG) {
        try {
          return Inquiry.reading(extra.value(), BranchTelling::take);
        } catch (FormatException newer) {
          return NONE;
        }
      }
    }
    return NONE;
  }

  private static BranchTelling take(Scratch from) throws FormatException {
    Optional<Loss> loss = from.takeByte() == 0 ? Optional.empty() : Optional.of(takeLoss(from));
    int count = from.takeShort();
    Invariant.check(count <= MAX_KEPT, "branches", count);
    List<Kept> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      kept.add(takeKept(from));
    }
    return new BranchTelling(loss, kept);
  }

  private static Loss takeLoss(Scratch from) throws FormatException {
    Fork fork = new Fork(from.takeUuid(), from.takeLong());
    return new Loss(fork, from.takeLong(), from.takeLong(), from.takeLong(), from.takeLong());
  }

  private static Kept takeKept(Scratch from) throws FormatException {
    String name = Bytes.takeText(from, MAX_NAME_BYTES);
    long epoch = from.takeLong();
    UUID id = from.takeUuid();
    long begin = from.takeLong();
    long end = from.takeLong();
    return new Kept(name, epoch, id, begin, end, from.takeLong(), from.takeLong());
  }
}
