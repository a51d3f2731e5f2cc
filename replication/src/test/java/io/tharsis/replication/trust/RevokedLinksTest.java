package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.authority;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.link.UnusedLinks;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose links end when a document comes. */
class RevokedLinksTest {

  private static final class ClosedLinks extends UnusedLinks {
    private final List<UUID> closed = new ArrayList<>();

    @Override
    public void closeNode(UUID nodeId, String why) {
      assertThat(why).contains("revoked");
      closed.add(nodeId);
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
