package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.ResourceDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a resource's document tells of the epochs of its primary's log, so that everybody knows
 * where another log parts with that one. {@code docs/formats/directory.md} draws it.
 *
 * @param lineage the newest {@link #MAX_EPOCHS} of them
 */
record LineageTelling(Lineage lineage) {

  static final int TAG = 0x110;

  /** Enough for who was away for that many starts of the primary; others begin anew. */
  static final int MAX_EPOCHS = 64;

  /** Not more than are told. */
  LineageTelling {
    List<Epoch> all = lineage.epochs();
    lineage = new Lineage(all.subList(Math.max(0, all.size() - MAX_EPOCHS), all.size()));
  }

  Content.Extra encode() {
    return new Content.Extra(
        TAG,
        Inquiry.bytes(into -> {
          into.putShort(lineage.epochs().size());
          lineage.epochs().forEach(epoch -> put(into, epoch));
        }));
  }

  private static void put(Scratch into, Epoch epoch) {
    into.putLong(epoch.number()).putUuid(epoch.id()).putByte(epoch.kind().code());
    into.putLong(epoch.startLsn()).putUuid(epoch.parent().id()).putLong(epoch.parent().forkLsn());
  }

  private static Epoch take(Scratch from) throws FormatException {
    long number = from.takeLong();
    UUID id = from.takeUuid();
    Epoch.Kind kind = takeKind(from);
    long start = from.takeLong();
    return new Epoch(number, id, kind, start, new Epoch.Parent(from.takeUuid(), from.takeLong()));
  }

  /** Takes why an epoch was begun. */
  static Epoch.Kind takeKind(Scratch from) throws FormatException {
    int at = from.position();
    int code = from.takeByte();
    return Stream.of(Epoch.Kind.values())
        .filter(kind -> kind.code() == code)
        .findFirst()
        .orElseThrow(() -> new FormatException(at, "kind of epoch " + code));
  }

  /** What a document tells; empty if it does not, or in a way that is not understood. */
  static Optional<Lineage> of(ResourceDocument document) {
    for (Content.Extra extra : document.extras()) {
      if (extra.tag() == TAG) {
        try {
          return Optional.of(Inquiry.reading(extra.value(), LineageTelling::takeAll));
        } catch (FormatException newer) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static Lineage takeAll(Scratch from) throws FormatException {
    int count = from.takeShort();
    Invariant.check(count <= MAX_EPOCHS, "epochs", count);
    List<Epoch> epochs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      epochs.add(take(from));
    }
    return new Lineage(epochs);
  }
}
