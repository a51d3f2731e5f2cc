package io.tharsis.replication.trust;

import java.util.Locale;
import java.util.UUID;

/**
 * The bytes of requests and answers, for whatever carries them; bounded and checked. Layouts are
 * drawn in {@code docs/formats/trust.md}.
 */
public final class TrustMessages {

  /** No message is longer; the {@code cluster} document is the longest thing in one. */
  public static final int MAX_BYTES = 64 << 10;

  private static final int VERSION = 1;
  private static final int MAX_NAME = 255;
  private static final int MAX_TEXT = 4096;
  private static final int MAX_CERTIFICATE = 4096;
  private static final int ID_BYTES = 12;
  private static final int SECRET_BYTES = 32;

  private static final int JOIN = 1;
  private static final int JOINED = 2;
  private static final int RENEW = 3;
  private static final int RENEWED = 4;
  private static final int REFUSED = 5;

  private TrustMessages() {}

  /** A request to join. */
  public static byte[] encode(JoinRequest request) {
    return message(JOIN)
        .uuid(request.clusterId())
        .raw(request.pass().id())
        .raw(request.pass().secret())
        .text(request.name())
        .bytes(request.signingRequest())
        .toBytes();
  }

  /** The answer to it. */
  public static byte[] encode(JoinAnswer answer) {
    return switch (answer) {
      case JoinAnswer.Joined joined ->
          message(JOINED)
              .bytes(joined.certificate())
              .u32(joined.document().length)
              .raw(joined.document())
              .toBytes();
      case Refused refused -> refusal(refused);
    };
  }

  /** A request for the next certificate: PKCS #10 signed with the next key. */
  public static byte[] encodeRenewalRequest(byte[] signingRequest) {
    return message(RENEW).bytes(signingRequest).toBytes();
  }

  /** The answer to it. */
  public static byte[] encode(Renewal renewal) {
    return switch (renewal) {
      case Renewal.Renewed renewed -> message(RENEWED).bytes(renewed.certificate()).toBytes();
      case Refused refused -> refusal(refused);
    };
  }

  /** Reads a request to join. */
  public static JoinRequest joinRequest(byte[] bytes) throws TrustRefusedException {
    try {
      FieldReader in = begin(bytes, JOIN);
      UUID clusterId = in.uuid();
      byte[] id = in.raw(ID_BYTES);
      byte[] secret = in.raw(SECRET_BYTES);
      String name = in.text(MAX_NAME);
      byte[] signingRequest = in.bytes(SigningRequest.MAX_BYTES);
      in.end();
      JoinToken.Pass pass = new JoinToken.Pass(id, secret);
      return new JoinRequest(clusterId, pass, name, signingRequest);
    } catch (MalformedException e) {
      throw bad("request to join", e);
    }
  }

  /** Reads the answer to a request to join. */
  public static JoinAnswer joinAnswer(byte[] bytes) throws TrustRefusedException {
    try {
      if (kind(bytes) == REFUSED) {
        return refused(bytes);
      }
      FieldReader in = begin(bytes, JOINED);
      byte[] certificate = in.bytes(MAX_CERTIFICATE);
      byte[] document = in.raw(in.count(MAX_BYTES));
      in.end();
      return new JoinAnswer.Joined(certificate, document);
    } catch (MalformedException e) {
      throw bad("answer to a request to join", e);
    }
  }

  /** Reads a request for the next certificate: the PKCS #10 in it. */
  public static byte[] renewalRequest(byte[] bytes) throws TrustRefusedException {
    try {
      FieldReader in = begin(bytes, RENEW);
      byte[] signingRequest = in.bytes(SigningRequest.MAX_BYTES);
      in.end();
      return signingRequest;
    } catch (MalformedException e) {
      throw bad("request for a certificate", e);
    }
  }

  /** Reads the answer to a request for the next certificate. */
  public static Renewal renewal(byte[] bytes) throws TrustRefusedException {
    try {
      if (kind(bytes) == REFUSED) {
        return refused(bytes);
      }
      FieldReader in = begin(bytes, RENEWED);
      byte[] certificate = in.bytes(MAX_CERTIFICATE);
      in.end();
      return new Renewal.Renewed(certificate);
    } catch (MalformedException e) {
      throw bad("answer to a request for a certificate", e);
    }
  }

  private static FieldWriter message(int kind) {
    return new FieldWriter().u8(VERSION).u8(kind);
  }

  private static byte[] refusal(Refused refused) {
    return message(REFUSED)
        .text(refused.code().word())
        .text(refused.fact())
        .text(refused.advice())
        .toBytes();
  }

  private static Refused refused(byte[] bytes) throws MalformedException {
    FieldReader in = begin(bytes, REFUSED);
    TrustCode code = code(in.text(MAX_NAME));
    Refused refused = new Refused(code, printable(in.text(MAX_TEXT)), printable(in.text(MAX_TEXT)));
    in.end();
    return refused;
  }

  private static TrustCode code(String word) throws MalformedException {
    try {
      return TrustCode.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("an unknown refusal", e);
    }
  }

  /** A stranger's text goes to somebody's terminal. */
  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static int kind(byte[] bytes) throws MalformedException {
    FieldReader in = new FieldReader(bytes);
    in.u8();
    return in.u8();
  }

  private static FieldReader begin(byte[] bytes, int kind) throws MalformedException {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedException("a message of " + bytes.length + " bytes");
    }
    FieldReader in = new FieldReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedException("version " + version + " is unknown");
    }
    int found = in.u8();
    if (found != kind) {
      throw new MalformedException("kind " + found + " instead of " + kind);
    }
    return in;
  }

  private static TrustRefusedException bad(String what, MalformedException why) {
    return new TrustRefusedException(
        new Refused(
            TrustCode.BAD_REQUEST,
            "the " + what + " cannot be understood: " + why.getMessage(),
            "look whether the peer is a Tharsis node of a version that fits"),
        why);
  }
}
