package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertIs;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static io.tharsis.replication.trust.TrustWorld.redeem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.wire.LinkClass;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What links ask of a member and of a joiner. */
class LinkSecurityTest {

  private final TrustWorld world = new TrustWorld();
  private ClusterTrust holder;
  private ClusterTrust beta;

  @BeforeEach
  void makeCluster() throws Exception {
    holder = world.cluster("alpha");
    beta = world.join(holder, "beta");
  }

  private static SSLContext context(LinkSecurity.Side side) {
    return side.keys().isPresent()
        ? Handshakes.context(side.trust(), side.keys().get())
        : Handshakes.context(side.trust());
  }

  private static X509Certificate leaf(ClusterTrust node) {
    return chain(node).getFirst();
  }

  @Test
  void membersGetLinks() throws Exception {
    LinkSecurity ours = new ClusterLinkSecurity(holder);
    LinkSecurity theirs = new ClusterLinkSecurity(beta);
    SSLEngine server = Handshakes.server(context(ours.accepting()), false);
    SSLEngine client = Handshakes.client(context(theirs.connecting(LinkClass.CONTROL)), "TLSv1.3");
    Handshakes.shake(client, server);
    X509Certificate shown = (X509Certificate) server.getSession().getPeerCertificates()[0];
    assertThat(ours.nodeOf(shown)).isEqualTo(beta.identity().nodeId());
  }

  @Test
  void aVerdictIsAskedForAgain() throws Exception {
    TrustWorld.Heard heard = new TrustWorld.Heard();
    holder.listen(heard);
    LinkSecurity ours = new ClusterLinkSecurity(holder);
    assertThat(ours.nodeOf(leaf(beta))).isEqualTo(beta.identity().nodeId());
    authority(holder).revokeNode(beta.identity().nodeId());
    assertThatThrownBy(() -> ours.nodeOf(leaf(beta)))
        .isInstanceOfSatisfying(
            CertificateRefusedException.class, e -> assertIs(e.refused(), TrustCode.REVOKED));
    assertThat(heard.refused).extracting(Refused::code).containsExactly(TrustCode.REVOKED);
  }

  @Test
  void aJoinerGetsItsOneLink() throws Exception {
    Joining joining = world.joining(holder, "gamma");
    LinkSecurity joiner = new JoiningLinkSecurity(joining);
    LinkSecurity ours = new ClusterLinkSecurity(holder);
    SSLEngine server = Handshakes.server(context(ours.accepting()), false);
    SSLEngine client = Handshakes.client(context(joiner.connecting(LinkClass.JOIN)), "TLSv1.3");
    Handshakes.shake(client, server);
    X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
    assertThat(joiner.nodeOf(shown)).isEqualTo(holder.identity().nodeId());
    assertThat(joining.complete(redeem(holder, joining.request())).identity().name())
        .isEqualTo("gamma");
  }

  @Test
  void aJoinerHasNoOtherLinks() throws Exception {
    LinkSecurity joiner = new JoiningLinkSecurity(world.joining(holder, "gamma"));
    assertThat(joiner.accepting().keys()).isEmpty();
    assertThatThrownBy(() -> joiner.connecting(LinkClass.LOG)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> joiner.nodeOf(chain(holder).getLast()))
        .isInstanceOf(CertificateException.class);
  }
}
