package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.FormatException;
import java.util.Comparator;

/** A document with its bytes, their digest and what they say. A value. */
record Held(Document document, Blob bytes, Digest digest, Content content) {

  private static final Comparator<Digest> BY_DIGEST =
      Comparator.comparing(Digest::a, Long::compareUnsigned)
          .thenComparing(Digest::b, Long::compareUnsigned)
          .thenComparing(Digest::c, Long::compareUnsigned)
          .thenComparing(Digest::d, Long::compareUnsigned);

  /** Versions of one line, the newest last. Equal versions with unequal bytes: by their digests. */
  private static final Comparator<Held> BY_VERSION =
      Comparator.comparing((Held held) -> held.document.version())
          .thenComparing(Held::digest, BY_DIGEST);

  /**
   * Tombstones, the one to keep last: of who deleted it first, as far as clocks can tell. So one
   * that was stamped by a clock that was ahead can be stamped anew.
   */
  private static final Comparator<Held> BY_STAMP =
      Comparator.comparing(Held::stamp, Long::compareUnsigned)
          .reversed()
          .thenComparing(Held::digest, BY_DIGEST);

  static Held of(Document document) {
    Blob bytes = document.encode();
    return new Held(document, bytes, Bytes.digest(bytes), ContentCodec.decode(document));
  }

  /** The document that is encoded so; the same document encoded otherwise is refused. */
  static Held decode(Blob bytes) throws FormatException {
    Held held = of(Document.decode(bytes));
    if (!held.bytes.equals(bytes)) {
      throw new FormatException(0, "not the one encoding of its document");
    }
    return held;
  }

  Line line() {
    return document.line();
  }

  Exchange.Entry entry() {
    return new Exchange.Entry(
        document.key(), document.deleted(), document.version(), stamp(), digest);
  }

  long stamp() {
    return document.origin().stamp();
  }

  /** Whether it takes the place of another version of its line; never of itself. */
  boolean beats(Held other) {
    return order(other) > 0;
  }

  /** In which order two of the same line, or two tombstones, are kept. */
  int order(Held other) {
    return document.deleted() ? BY_STAMP.compare(this, other) : BY_VERSION.compare(this, other);
  }

  /** Whether what a peer offers would take the place of this, which is of the same line. */
  boolean isBeatenBy(Exchange.Entry offered) {
    if (document.deleted() != offered.deleted()) {
      return offered.deleted();
    }
    int order =
        document.deleted()
            ? Long.compareUnsigned(stamp(), offered.stamp())
            : offered.version().compareTo(document.version());
    return order != 0 ? order > 0 : BY_DIGEST.compare(offered.digest(), digest) > 0;
  }
}
