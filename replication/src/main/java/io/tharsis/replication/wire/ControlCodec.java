package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.replication.wire.ControlMessage.Answer;
import io.tharsis.replication.wire.ControlMessage.Ask;
import io.tharsis.replication.wire.ControlMessage.Document;
import io.tharsis.replication.wire.ControlMessage.DocumentRequest;
import io.tharsis.replication.wire.ControlMessage.Documents;
import io.tharsis.replication.wire.ControlMessage.Outcome;
import io.tharsis.replication.wire.ControlMessage.Ping;
import io.tharsis.replication.wire.ControlMessage.Pong;
import java.util.ArrayList;
import java.util.List;

/** Layouts of {@link ControlMessage}. */
final class ControlCodec {

  private ControlCodec() {}

  static void write(ControlMessage message, WireWriter out) {
    switch (message) {
      case Documents(List<DocumentDigest> digests) -> {
        out.u32(digests.size());
        digests.forEach(digest -> writeDigest(digest, out));
      }
      case DocumentRequest(List<String> names) -> {
        out.u32(names.size());
        names.forEach(out::text);
      }
      case Document(String name, var content) -> out.text(name).blob(content);
      case Ask(long id, String verb, var body) -> out.i64(id).text(verb).blob(body);
      case Answer(long id, Outcome outcome, var body) -> out.i64(id).u8(outcome.code()).blob(body);
      case Ping(long id, long hybridTime) -> out.i64(id).i64(hybridTime);
      case Pong(long id, long hybridTime) -> out.i64(id).i64(hybridTime);
    }
  }

  private static void writeDigest(DocumentDigest document, WireWriter out) {
    DocumentDigest.Version version = document.version();
    out.u32(version.epochNumber())
        .uuid(version.epochId())
        .i64(version.counter())
        .digest(document.digest())
        .text(document.name());
  }

  static Documents readDocuments(WireReader in) throws FormatException {
    int count = in.upTo(Wire.MAX_LISTED, "listed documents");
    List<DocumentDigest> digests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      digests.add(readDigest(in));
    }
    return new Documents(digests);
  }

  private static DocumentDigest readDigest(WireReader in) throws FormatException {
    DocumentDigest.Version version =
        new DocumentDigest.Version(in.upTo(Integer.MAX_VALUE, "epoch number"), in.uuid(), in.i64());
    var digest = in.digest();
    return new DocumentDigest(in.text(Wire.MAX_TITLE_BYTES), version, digest);
  }

  static DocumentRequest readDocumentRequest(WireReader in) throws FormatException {
    int count = in.upTo(Wire.MAX_LISTED, "wanted documents");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(in.text(Wire.MAX_TITLE_BYTES));
    }
    return new DocumentRequest(names);
  }

  static Document readDocument(WireReader in) throws FormatException {
    return new Document(in.text(Wire.MAX_TITLE_BYTES), in.blob(Wire.MAX_DOCUMENT_BYTES));
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
