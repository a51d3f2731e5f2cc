package io.tharsis.replication.wire;

import java.util.Optional;

/** What a link is for. Each class has connections of its own, so that bulk never delays control. */
public enum LinkClass {
  /** One per pair of nodes: documents, questions, clocks. Lives on the nodes' owners. */
  CONTROL(1, false),
  /** Log of one resource, pulled by a member. */
  LOG(2, true),
  /** Chunks of the disks of one resource, pulled by a member. */
  SYNC(3, true),
  /** A node that has no certificate yet and asks for one. */
  JOIN(4, false),
  /** What initiators want of one resource, from a node that serves it to the primary. */
  VOLUME(5, true);

  private final int code;
  private final boolean ofResource;

  LinkClass(int code, boolean ofResource) {
    this.code = code;
    this.ofResource = ofResource;
  }

  /** The byte that stands for this class in a {@link Hello}. */
  public int code() {
    return code;
  }

  /** Whether a link of this class is about one resource. */
  public boolean ofResource() {
    return ofResource;
  }

  /** Whether messages of this kind are said on links of this class. */
  public boolean carries(Message message) {
    return switch (message) {
      case LinkMessage _ -> true;
      case ControlMessage _ -> this == CONTROL;
      case LogMessage _ -> this == LOG;
      case SyncMessage _ -> this == SYNC;
      case JoinMessage _ -> this == JOIN;
      case VolumeMessage _ -> this == VOLUME;
    };
  }

  static Optional<LinkClass> of(int code) {
    for (LinkClass linkClass : values()) {
      if (linkClass.code == code) {
        return Optional.of(linkClass);
      }
    }
    return Optional.empty();
  }
}
