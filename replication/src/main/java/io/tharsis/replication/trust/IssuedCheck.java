package io.tharsis.replication.trust;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;

/** Whether a certificate that came back is the one that was asked for. */
record IssuedCheck(PeerRules rules, NodeIdentity expected, PublicKey key) {

  NodeCertificate accept(byte[] der, Members members, Instant now) throws TrustRefusedException {
    NodeCertificate issued;
    try {
      issued =
          switch (rules.judge(List.of(Certificates.parse(der)), members, now)) {
            case Verdict.Trusted trusted -> trusted.peer();
            case Verdict.Distrusted distrusted ->
                throw new TrustRefusedException(distrusted.refused());
          };
    } catch (MalformedException e) {
      throw notOurs(e.getMessage());
    }
    if (!issued.identity().equals(expected)) {
      throw notOurs("it is for " + issued.identity() + " instead of " + expected);
    }
    if (!issued.certificate().getPublicKey().equals(key)) {
      throw notOurs("it is for another key");
    }
    return issued;
  }

  private static TrustRefusedException notOurs(String why) {
    return new TrustRefusedException(
        TrustCode.BAD_REQUEST,
        "the certificate that came back is not the one that was asked for: " + why,
        "look at the node that has the CA");
  }
}
