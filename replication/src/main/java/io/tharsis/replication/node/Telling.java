package io.tharsis.replication.node;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.ReplicaDocument;
import java.util.Optional;

/**
 * What a replica's document tells beyond what the directory itself understands. {@code
 * docs/formats/directory.md} draws it.
 *
 * @param contentMillis the moment of the primary's life that the disk shows, where it is known and
 *     the replica is behind
 * @param rates how fast it is
 */
record Telling(Optional<Long> contentMillis, Report.Rates rates) {

  static final int TAG = 0x100;

  private static final Telling NOTHING = new Telling(Optional.empty(), Report.Rates.NONE);

  static Telling nothing() {
    return NOTHING;
  }

  Content.Extra encode() {
    return new Content.Extra(
        TAG,
        Inquiry.bytes(into ->
            into.putLong(contentMillis.orElse(0L))
                .putLong(rates.sync())
                .putLong(rates.fetch())
                .putLong(rates.replay())
                .putLong(rates.write())));
  }

  /** What a document tells; nothing if it does not, or in a way that is not understood. */
  static Telling of(ReplicaDocument document) {
    for (Content.Extra extra : document.extras()) {
      if (extra.tag() == TAG) {
        try {
          return Inquiry.reading(
              extra.value(),
              in -> {
                long content = in.takeLong();
                return new Telling(
                    content == 0 ? Optional.empty() : Optional.of(content),
                    new Report.Rates(in.takeLong(), in.takeLong(), in.takeLong(), in.takeLong()));
              });
        } catch (FormatException newer) {
          return NOTHING;
        }
      }
    }
    return NOTHING;
  }
}
