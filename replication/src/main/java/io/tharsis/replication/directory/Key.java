package io.tharsis.replication.directory;

import java.util.Comparator;
import java.util.UUID;

/**
 * What a document is about. A value. Names are for people and live in the contents; keys are made
 * of ids that are never used twice, so that whatever was deleted stays deleted.
 *
 * @param code of the kind; a newer program may know more of them, see {@link #kind}
 * @param first id of the node or resource; {@link #NIL} if the kind has none
 * @param second id of the node that has the replica; {@link #NIL} for every other kind
 */
public record Key(int code, UUID first, UUID second) implements Comparable<Key> {

  /** No id: all zeros. */
  public static final UUID NIL = new UUID(0, 0);

  /** Ids in the order of their printed digits. */
  static final Comparator<UUID> BY_DIGITS =
      Comparator.comparing(UUID::getMostSignificantBits, Long::compareUnsigned)
          .thenComparing(UUID::getLeastSignificantBits, Long::compareUnsigned);

  private static final Comparator<Key> ORDER =
      Comparator.comparingInt(Key::code)
          .thenComparing(Key::first, BY_DIGITS)
          .thenComparing(Key::second, BY_DIGITS);

  /** What documents can be about. */
  public enum Kind {
    /** The cluster; its writer is the node that holds the CA. */
    CLUSTER(1),
    /** A node; its writer is the node. */
    NODE(2),
    /** A resource; its writer is its primary. */
    RESOURCE(3),
    /** A replica; its writer is the node that has it. */
    REPLICA(4),
    /** Something that only a newer program knows; kept and passed on. */
    UNKNOWN(0);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The number that stands for it; nothing is stored with the one of {@link #UNKNOWN}. */
    public int code() {
      return code;
    }
  }

  /** The cluster. */
  public static Key cluster() {
    return new Key(Kind.CLUSTER.code, NIL, NIL);
  }

  /** A node. */
  public static Key node(UUID node) {
    return new Key(Kind.NODE.code, node, NIL);
  }

  /** A resource. */
  public static Key resource(UUID resource) {
    return new Key(Kind.RESOURCE.code, resource, NIL);
  }

  /** A node's replica of a resource. */
  public static Key replica(UUID resource, UUID node) {
    return new Key(Kind.REPLICA.code, resource, node);
  }

  /** The kind, {@link Kind#UNKNOWN} if this program does not know it. */
  public Kind kind() {
    for (Kind kind : Kind.values()) {
      if (kind.code == code && kind != Kind.UNKNOWN) {
        return kind;
      }
    }
    return Kind.UNKNOWN;
  }

  /** Whether a document of this key can be deleted for ever. */
  boolean canBeDeleted() {
    return kind() == Kind.NODE || kind() == Kind.RESOURCE;
  }

  @Override
  public int compareTo(Key other) {
    return ORDER.compare(this, other);
  }

  /** As people read it: {@code replicas/R/N} with ids. */
  @Override
  public String toString() {
    return switch (kind()) {
      case CLUSTER -> "cluster";
      case NODE -> "nodes/" + first;
      case RESOURCE -> "resources/" + first;
      case REPLICA -> "replicas/" + first + "/" + second;
      case UNKNOWN -> "kind-" + code + "/" + first + "/" + second;
    };
  }
}
