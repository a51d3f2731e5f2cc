package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.replication.wire.ControlMessage.Answer;
import io.tharsis.replication.wire.ControlMessage.Ask;
import io.tharsis.replication.wire.ControlMessage.Gossip;
import io.tharsis.replication.wire.ControlMessage.Outcome;
import io.tharsis.replication.wire.ControlMessage.Ping;
import io.tharsis.replication.wire.ControlMessage.Pong;

/** Layouts of {@link ControlMessage}. */
final class ControlCodec {

  private ControlCodec() {}

  static void write(ControlMessage message, WireWriter out) {
    switch (message) {
      case Gossip(var content) -> out.blob(content);
      case Ask(long id, String verb, var body) -> out.i64(id).text(verb).blob(body);
      case Answer(long id, Outcome outcome, var body) -> out.i64(id).u8(outcome.code()).blob(body);
      case Ping(long id, long hybridTime) -> out.i64(id).i64(hybridTime);
      case Pong(long id, long hybridTime) -> out.i64(id).i64(hybridTime);
    }
  }

  static Gossip readGossip(WireReader in) throws FormatException {
    return new Gossip(in.blob(Wire.MAX_DOCUMENT_BYTES));
  }

  static Ask readAsk(WireReader in) throws FormatException {
    return new Ask(in.i64(), in.text(Wire.MAX_TITLE_BYTES), in.blob(Wire.MAX_DOCUMENT_BYTES));
  }

  static Answer readAnswer(WireReader in) throws FormatException {
    return new Answer(in.i64(), outcome(in), in.blob(Wire.MAX_DOCUMENT_BYTES));
  }

  private static Outcome outcome(WireReader in) throws FormatException {
    int code = in.u8();
    for (Outcome outcome : Outcome.values()) {
      if (outcome.code() == code) {
        return outcome;
      }
    }
    throw in.malformed("outcome " + code);
  }

  static Ping readPing(WireReader in) throws FormatException {
    return new Ping(in.i64(), in.i64());
  }

  static Pong readPong(WireReader in) throws FormatException {
    return new Pong(in.i64(), in.i64());
  }
}
