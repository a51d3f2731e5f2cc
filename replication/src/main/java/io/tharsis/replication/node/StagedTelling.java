package io.tharsis.replication.node;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.ReplicaDocument;
import java.util.Optional;

/**
 * What a replica's document tells of the log that comes beside that of the copy that counts; the
 * document itself speaks of that copy only. {@code docs/formats/directory.md} draws it.
 *
 * @param baseLsn where that log begins
 * @param durableLsn everything from there to here is in it
 */
record StagedTelling(long baseLsn, long durableLsn) {

  static final int TAG = 0x101;

  Content.Extra encode() {
    return new Content.Extra(TAG, Inquiry.bytes(into -> into.putLong(baseLsn).putLong(durableLsn)));
  }

  /** What a document tells; nothing if nothing is staged. */
  static Optional<StagedTelling> of(ReplicaDocument document) {
    if (!document.words().contains(Faults.STAGING)) {
      return Optional.empty();
    }
    for (Content.Extra extra : document.extras()) {
      if (extra.tag() == TAG) {
        try {
          return Optional.of(
              Inquiry.reading(
                  extra.value(), in -> new StagedTelling(in.takeLong(), in.takeLong())));
        } catch (FormatException newer) {
          break;
        }
      }
    }
    // It is staged, and how far that is cannot be told.
    return Optional.of(new StagedTelling(0, 0));
  }
}
