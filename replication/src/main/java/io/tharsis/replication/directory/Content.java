package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import java.util.List;

/** What a document says. {@code docs/formats/directory.md} draws each. */
public sealed interface Content
    permits ClusterDocument,
        NodeDocument,
        ResourceDocument,
        ReplicaDocument,
        Content.Tombstone,
        Content.Unread {

  /** Most bytes of a name in UTF-8. */
  int MAX_NAME_BYTES = 63;

  /** Most bytes of any other text in UTF-8. */
  int MAX_TEXT_BYTES = 512;

  /**
   * Of something that is deleted for ever.
   *
   * @param name how people called it
   */
  record Tombstone(String name) implements Content {
    /** A name that fits. */
    public Tombstone {
      Texts.check(name, MAX_NAME_BYTES, "name of what is deleted");
    }
  }

  /**
   * What this program does not understand, or what is damaged; kept and passed on.
   *
   * @param reason in words
   */
  record Unread(String reason) implements Content {}

  /**
   * An entry that this program does not know and may ignore; whoever writes the document anew keeps
   * it.
   *
   * @param tag what it is
   * @param value opaque
   */
  record Extra(int tag, Blob value) {

    /** Most of them in a document. */
    public static final int MAX = 16;

    static List<Extra> checked(List<Extra> extras) {
      Texts.checkCount(extras.size(), MAX, "entries of a newer program");
      return List.copyOf(extras);
    }
  }
}
