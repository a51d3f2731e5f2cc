package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.FormatException;

/** What a document that comes from a peer must be beyond being one. */
final class Arrival {

  private Arrival() {}

  /** The document, if it can be true. */
  static Held check(Held held) throws FormatException {
    Document document = held.document();
    Document.Origin origin = document.origin();
    Key key = document.key();
    require(document.version().canBeOvertaken(), "a version that nobody could overtake");
    if (document.deleted()) {
      return held;
    }
    switch (key.kind()) {
      case CLUSTER -> {
        EpochRef none = new EpochRef(0, Key.NIL);
        require(key.equals(Key.cluster()) && document.version().epoch().equals(none), "a cluster");
        require(held.content() instanceof ClusterDocument, "a cluster that says nothing");
      }
      case NODE -> {
        require(key.second().equals(Key.NIL) && origin.node().equals(key.first()), "a writer");
        require(isOfStart(document), "a start");
      }
      case REPLICA -> {
        require(origin.node().equals(key.second()), "a writer");
        require(isOfStart(document), "a start");
      }
      case RESOURCE -> require(key.second().equals(Key.NIL), "a resource");
      case UNKNOWN -> {}
    }
    return held;
  }

  private static boolean isOfStart(Document document) {
    return document.version().epoch().id().equals(document.origin().incarnation());
  }

  private static void require(boolean holds, String what) throws FormatException {
    if (!holds) {
      throw new FormatException(0, what + " that cannot be");
    }
  }
}
