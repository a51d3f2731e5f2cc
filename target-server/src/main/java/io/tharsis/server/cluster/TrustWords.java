package io.tharsis.server.cluster;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.trust.Refused;
import io.tharsis.replication.trust.TrustCode;

/** What the trust refuses, in the words of the control: the codes are the same. */
final class TrustWords {

  private TrustWords() {}

  static Refusal refusal(Refused refused) {
    return new Refusal(
        kind(refused.code()), refused.code().word(), refused.fact(), refused.advice());
  }

  private static Refusal.Kind kind(TrustCode code) {
    return switch (code) {
      case BAD_NAME, BAD_LIFETIME, TOKEN_MALFORMED, WEAK_PASS_PHRASE -> Refusal.Kind.USAGE;
      case HOST_FAILED, UNSAFE_FILE, DAMAGED_FILE -> Refusal.Kind.HOST;
      case NOT_A_MEMBER,
          ALREADY_MEMBER,
          NAME_TAKEN,
          NO_CA_HERE,
          CA_MOVED,
          CA_HERE,
          TOKEN_UNKNOWN,
          TOKEN_SPENT,
          TOKEN_EXPIRED,
          WRONG_CLUSTER,
          WRONG_CA,
          WRONG_ISSUER,
          BAD_REQUEST,
          NO_CERTIFICATE,
          CERTIFICATE_FOREIGN,
          CERTIFICATE_EXPIRED,
          CERTIFICATE_NOT_YET_VALID,
          CERTIFICATE_UNFIT,
          REVOKED,
          WRONG_NODE,
          DOCUMENT_TAMPERED,
          DOCUMENT_OLDER,
          DOCUMENT_CONFLICT,
          TOO_MANY,
          UNKNOWN_NODE,
          WRONG_PASS_PHRASE,
          EXPORT_UNREADABLE ->
          Refusal.Kind.FORBIDDEN;
    };
  }
}
