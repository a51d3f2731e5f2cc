package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.replication.wire.JoinMessage.JoinReply;
import io.tharsis.replication.wire.JoinMessage.JoinRequest;

/** Layouts of {@link JoinMessage}. */
final class JoinCodec {

  private JoinCodec() {}

  static void write(JoinMessage message, WireWriter out) {
    switch (message) {
      case JoinRequest(Blob content) -> out.blob(content);
      case JoinReply(Blob content) -> out.blob(content);
    }
  }

  static JoinRequest readRequest(WireReader in) throws FormatException {
    return new JoinRequest(in.blob(Wire.MAX_JOIN_BYTES));
  }

  static JoinReply readReply(WireReader in) throws FormatException {
    return new JoinReply(in.blob(Wire.MAX_JOIN_BYTES));
  }
}
