package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Invariant;

/** What two nodes say to each other on their {@link LinkClass#CONTROL} link. */
public sealed interface ControlMessage extends Message {

  /**
   * A piece of the exchange of the directory. Its layout is the directory's business, see {@link
   * io.tharsis.replication.directory.ExchangeCodec}.
   *
   * @param content at most {@value Wire#MAX_DOCUMENT_BYTES} bytes
   */
  record Gossip(Blob content) implements ControlMessage {
    /** A piece that fits into a frame. */
    public Gossip {
      Invariant.check(
          content.sizeBytes() <= Wire.MAX_DOCUMENT_BYTES, "gossip", content.sizeBytes());
    }
  }

  /**
   * A request that wants one {@link Answer}.
   *
   * @param id chosen by who asks, not used again on this link
   * @param verb what is asked for
   * @param body its parameters, the verb's business
   */
  record Ask(long id, String verb, Blob body) implements ControlMessage {
    /** A request that fits into a frame. */
    public Ask {
      Wire.checkName(verb);
      Invariant.check(body.sizeBytes() <= Wire.MAX_DOCUMENT_BYTES, "request", body.sizeBytes());
    }
  }

  /**
   * The answer to an {@link Ask}.
   *
   * @param id of the request
   * @param outcome how it ended
   * @param body the verb's business
   */
  record Answer(long id, Outcome outcome, Blob body) implements ControlMessage {
    /** An answer that fits into a frame. */
    public Answer {
      Invariant.check(body.sizeBytes() <= Wire.MAX_DOCUMENT_BYTES, "answer", body.sizeBytes());
    }
  }

  /** How a request ended. */
  enum Outcome {
    /** Done; the body is the result. */
    DONE(0),
    /** Refused; the body says why. */
    REFUSED(1),
    /** The verb is unknown here. */
    UNKNOWN_VERB(2);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    /** The number on the wire. */
    public int code() {
      return code;
    }
  }

  /**
   * Asks for the other's clock.
   *
   * @param id chosen by who asks
   * @param hybridTime the sender's hybrid clock
   */
  record Ping(long id, long hybridTime) implements ControlMessage {}

  /**
   * The answer to a {@link Ping}.
   *
   * @param id of the ping
   * @param hybridTime the answering node's hybrid clock
   */
  record Pong(long id, long hybridTime) implements ControlMessage {}
}
