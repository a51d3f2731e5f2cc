package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static io.tharsis.replication.trust.TrustWorld.redeem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a joiner demands before it shows the secret, and of what comes back. */
class JoinerTest {

  private final TrustWorld world = new TrustWorld();
  private ClusterTrust holder;
  private Joining joining;

  @BeforeEach
  void begin() throws Exception {
    holder = world.cluster("alpha");
    joining = world.joining(holder, "beta");
  }

  private JoinAnswer.Joined joined() throws Exception {
    return (JoinAnswer.Joined) redeem(holder, joining.request(chain(holder)));
  }

  @Test
  void theSecretIsNotShownToAnotherCluster() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    assertRefused(() -> joining.request(chain(other)), TrustCode.WRONG_CA);
    assertRefused(() -> joining.request(List.of()), TrustCode.WRONG_CA);
    assertRefused(() -> joining.request(chain(holder).subList(0, 1)), TrustCode.WRONG_CA);
    assertRefused(() -> joining.request(chain(holder).subList(1, 2)), TrustCode.WRONG_CA);
  }

  @Test
  void thereIsNoRequestBeforeAServerWasAccepted() throws Exception {
    assertRefused(joining::request, TrustCode.WRONG_CA);
    ClusterTrust other = world.home().create("blue", "alpha");
    X509Certificate[] wrong = chain(other).toArray(X509Certificate[]::new);
    assertThatThrownBy(() -> joining.trustManager().checkServerTrusted(wrong, "EC"))
        .isInstanceOf(CertificateRefusedException.class);
    assertRefused(joining::request, TrustCode.WRONG_CA);
    X509Certificate[] right = chain(holder).toArray(X509Certificate[]::new);
    joining.trustManager().checkServerTrusted(right, "EC");
    assertThat(redeem(holder, joining.request())).isInstanceOf(JoinAnswer.Joined.class);
  }

  @Test
  void theRightCaBehindAnotherCasCertificateIsNotEnough() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    List<X509Certificate> mixed = List.of(chain(other).getFirst(), chain(holder).getLast());
    assertRefused(() -> joining.request(mixed), TrustCode.CERTIFICATE_FOREIGN);
  }

  @Test
  void theCaItselfIsNoNode() throws Exception {
    X509Certificate ca = chain(holder).getLast();
    assertRefused(() -> joining.request(List.of(ca, ca)), TrustCode.CERTIFICATE_UNFIT);
  }

  @Test
  void theSecretIsNotShownToAnotherMember() throws Exception {
    ClusterTrust member = world.join(holder, "gamma");
    assertRefused(() -> joining.request(chain(member)), TrustCode.WRONG_ISSUER);
  }

  @Test
  void theSecretIsNotShownToAnExpiredServer() throws Exception {
    world.time.pass(Duration.ofDays(5 * 365 + 1));
    assertRefused(() -> joining.request(chain(holder)), TrustCode.CERTIFICATE_EXPIRED);
    world.time.set(SettableTime.BEGIN.minus(Duration.ofDays(1)));
    assertRefused(() -> joining.request(chain(holder)), TrustCode.CERTIFICATE_NOT_YET_VALID);
  }

  @Test
  void aRefusalIsPassedOn() {
    Refused no = new Refused(TrustCode.TOKEN_SPENT, "a", "b");
    assertRefused(() -> joining.complete(no), TrustCode.TOKEN_SPENT);
  }

  @Test
  void everyChangedByteOfTheAnswerIsRefused() throws Exception {
    JoinAnswer.Joined good = joined();
    for (int at = 0; at < good.certificate().length; at++) {
      byte[] changed = good.certificate().clone();
      changed[at] ^= 0x20;
      assertCannotComplete(new JoinAnswer.Joined(changed, good.document()), at);
    }
    for (int at = 0; at < good.document().length; at++) {
      byte[] changed = good.document().clone();
      changed[at] ^= 0x20;
      assertCannotComplete(new JoinAnswer.Joined(good.certificate(), changed), at);
    }
    assertThat(joining.complete(good).identity().name()).isEqualTo("beta");
  }

  private void assertCannotComplete(JoinAnswer answer, int at) {
    assertThatThrownBy(() -> joining.complete(answer))
        .as("byte " + at)
        .isInstanceOf(TrustRefusedException.class);
  }

  @Test
  void somebodyElsesCertificateIsRefused() throws Exception {
    JoinAnswer.Joined good = joined();
    CertificateAuthority ca = authority(holder);
    KeyPair otherKey = KeyPairs.generate(world.setting.random());
    byte[] forOtherKey = ca.issue(joining.identity(), otherKey.getPublic());
    JoinAnswer wrongKey = new JoinAnswer.Joined(forOtherKey, good.document());
    assertRefused(() -> joining.complete(wrongKey), TrustCode.BAD_REQUEST);
    byte[] members = Pem.der(holder.certificate().certificate());
    JoinAnswer wrongNode = new JoinAnswer.Joined(members, good.document());
    assertRefused(() -> joining.complete(wrongNode), TrustCode.BAD_REQUEST);
  }

  @Test
  void anotherClustersDocumentIsRefused() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    JoinAnswer mixed = new JoinAnswer.Joined(joined().certificate(), other.documentBytes());
    assertRefused(() -> joining.complete(mixed), TrustCode.WRONG_CA);
  }

  @Test
  void aDocumentThatRevokesUsAlreadyIsRefused() throws Exception {
    JoinAnswer.Joined good = joined();
    authority(holder).revokeNode(joining.identity().nodeId());
    JoinAnswer late = new JoinAnswer.Joined(good.certificate(), holder.documentBytes());
    assertRefused(() -> joining.complete(late), TrustCode.REVOKED);
  }
}
