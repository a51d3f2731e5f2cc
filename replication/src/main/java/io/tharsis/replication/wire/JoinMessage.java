package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Invariant;

/**
 * What is said on a {@link LinkClass#JOIN} link, where one end has no certificate yet. The contents
 * are the business of who signs certificates.
 */
public sealed interface JoinMessage extends Message {

  /** The request of a node that wants to join; at most {@value Wire#MAX_JOIN_BYTES} bytes. */
  record JoinRequest(Blob content) implements JoinMessage {
    /** A request that fits. */
    public JoinRequest {
      Invariant.check(content.sizeBytes() <= Wire.MAX_JOIN_BYTES, "join", content.sizeBytes());
    }
  }

  /** The answer, of at most {@value Wire#MAX_JOIN_BYTES} bytes; a refusal is one, too. */
  record JoinReply(Blob content) implements JoinMessage {
    /** A reply that fits. */
    public JoinReply {
      Invariant.check(content.sizeBytes() <= Wire.MAX_JOIN_BYTES, "join", content.sizeBytes());
    }
  }
}
