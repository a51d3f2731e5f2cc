package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.authority;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkAcceptor;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose links end when a document comes. */
class RevokedLinksTest {

  private static final class ClosedLinks implements Links {
    private final List<UUID> closed = new ArrayList<>();

    @Override
    public void closeNode(UUID nodeId, String why) {
      assertThat(why).contains("revoked");
      closed.add(nodeId);
    }

    @Override
    public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Async<InetSocketAddress> listen(
        InetSocketAddress at, LinkHome home, LinkAcceptor acceptor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void refresh(Instant ownUntil, Duration margin) {
      throw new UnsupportedOperationException();
    }

    @Override
    public LinkCounts counts() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close(String why) {
      throw new UnsupportedOperationException();
    }
  }

  private final TrustWorld world = new TrustWorld();
  private final ClosedLinks links = new ClosedLinks();
  private ClusterTrust holder;
  private ClusterTrust beta;
  private ClusterTrust gamma;
  private RevokedLinks revoked;

  @BeforeEach
  void makeCluster() throws Exception {
    holder = world.cluster("alpha");
    beta = world.join(holder, "beta");
    gamma = world.join(holder, "gamma");
    beta.offer(holder.documentBytes());
    revoked = new RevokedLinks(links, beta);
    beta.listen(revoked);
  }

  private void tellBeta() throws Exception {
    assertThat(beta.offer(holder.documentBytes())).isInstanceOf(Offered.Adopted.class);
  }

  @Test
  void aRevokedNodesLinksEndOnce() throws Exception {
    authority(holder).revokeNode(gamma.identity().nodeId());
    tellBeta();
    assertThat(links.closed).containsExactly(gamma.identity().nodeId());
    world.join(holder, "delta");
    tellBeta();
    assertThat(links.closed).hasSize(1);
    revoked.sweep();
    assertThat(links.closed).containsExactly(gamma.identity().nodeId(), gamma.identity().nodeId());
  }

  @Test
  void aRevokedCertificateMakesAllLinksOpenAnew() throws Exception {
    authority(holder).revokeCertificate(gamma.certificate().serial());
    tellBeta();
    assertThat(links.closed)
        .containsExactlyInAnyOrder(gamma.identity().nodeId(), holder.identity().nodeId());
  }

  @Test
  void whoIsRevokedHimselfEndsAllLinks() throws Exception {
    authority(holder).revokeNode(beta.identity().nodeId());
    tellBeta();
    assertThat(links.closed).contains(gamma.identity().nodeId(), holder.identity().nodeId());
  }

  @Test
  void nothingEndsWithoutARevocation() throws Exception {
    world.join(holder, "delta");
    tellBeta();
    assertThat(links.closed).isEmpty();
  }
}
