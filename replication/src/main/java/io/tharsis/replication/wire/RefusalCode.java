package io.tharsis.replication.wire;

import java.util.Optional;

/** Why a link is refused. The codes are stable: programs of other versions read them. */
public enum RefusalCode {
  /** The other node belongs to another cluster. */
  WRONG_CLUSTER(1),
  /** There is no protocol version that both speak. */
  NO_COMMON_VERSION(2),
  /** The class of link is unknown here. */
  UNKNOWN_CLASS(3),
  /** A live link says the same node id with another incarnation: two daemons with one identity. */
  CLONED_NODE(4),
  /** The certificate names another node than the Hello. */
  WRONG_CERTIFICATE(5),
  /** This class of link needs a certificate and none was shown. */
  NO_CERTIFICATE(6),
  /** This is not the node that was to be reached. */
  WRONG_NODE(7),
  /** A node connected to itself. */
  SELF(8),
  /** The resource is not here. */
  UNKNOWN_RESOURCE(9),
  /** The other node is not a member of the resource, or what this version does not know. */
  NOT_ALLOWED(10),
  /** There is such a link already, and one is enough. */
  DUPLICATE(11),
  /** As many links as there may be. */
  TOO_MANY_LINKS(12),
  /** The node is stopping, or not ready yet. */
  NOT_SERVING(13),
  /** The Hello says what cannot be. */
  MALFORMED(14),
  /** The node, or its certificate, was revoked. */
  REVOKED(15),
  /** The certificate has expired. */
  EXPIRED(16);

  private final int code;

  RefusalCode(int code) {
    this.code = code;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  static Optional<RefusalCode> of(int code) {
    for (RefusalCode refusal : values()) {
      if (refusal.code == code) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }
}
