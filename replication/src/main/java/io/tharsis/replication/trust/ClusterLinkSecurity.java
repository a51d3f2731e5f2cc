package io.tharsis.replication.trust;

import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.wire.LinkClass;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a member's links are secured with: members of its cluster, by the document in force at each
 * question. Any thread, looks at memory only.
 */
public record ClusterLinkSecurity(ClusterTrust member) implements LinkSecurity {

  @Override
  public Side accepting() {
    return new Side(Optional.of(member.keyManager()), member.trustManager());
  }

  @Override
  public Side connecting(LinkClass linkClass) {
    return accepting();
  }

  /** Judges again: a handshake may have gone by what was true when its session began. */
  @Override
  public UUID nodeOf(X509Certificate certificate) throws CertificateException {
    return switch (member.judge(List.of(certificate))) {
      case Verdict.Trusted trusted -> trusted.peer().identity().nodeId();
      case Verdict.Distrusted distrusted -> {
        member.report(distrusted.refused());
        throw new CertificateRefusedException(distrusted.refused());
      }
    };
  }
}
