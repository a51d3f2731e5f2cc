package io.tharsis.replication.trust;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.wire.LinkClass;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.UUID;

/**
 * What the one link of a joiner is secured with: it shows nothing, and accepts the node that issued
 * its token. Any thread, looks at memory only.
 */
public record JoiningLinkSecurity(Joining joining) implements LinkSecurity {

  /** A node that is no member has no key, so nobody gets a link to it. */
  @Override
  public Side accepting() {
    return new Side(Optional.empty(), joining.trustManager());
  }

  @Override
  public Side connecting(LinkClass linkClass) {
    Invariant.check(linkClass == LinkClass.JOIN, "a node that is no member joins", linkClass);
    return accepting();
  }

  @Override
  public UUID nodeOf(X509Certificate certificate) throws CertificateException {
    try {
      return NodeCertificate.of(certificate).identity().nodeId();
    } catch (MalformedException e) {
      throw new CertificateException("not a node's certificate: " + e.getMessage(), e);
    }
  }
}
