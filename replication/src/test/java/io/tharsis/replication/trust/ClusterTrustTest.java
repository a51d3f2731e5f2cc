package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertDistrusted;
import static io.tharsis.replication.trust.TrustWorld.assertIs;
import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A membership in its later life: documents, revocations, renewals, and judging peers. */
class ClusterTrustTest {

  private final TrustWorld world = new TrustWorld();
  private final TrustWorld.Heard heard = new TrustWorld.Heard();
  private final MemoryTrustFiles holderFiles = new MemoryTrustFiles();
  private final MemoryTrustFiles betaFiles = new MemoryTrustFiles();
  private ClusterTrust holder;
  private ClusterTrust beta;
  private ClusterTrust gamma;

  @BeforeEach
  void makeCluster() throws Exception {
    holder = world.home(holderFiles).create("blue", "alpha");
    beta = world.join(world.home(betaFiles), holder, "beta");
    gamma = world.join(holder, "gamma");
    beta.listen(heard);
  }

  private static void assertRejected(Offered offered, TrustCode code) {
    assertThat(offered)
        .isInstanceOfSatisfying(Offered.Rejected.class, no -> assertIs(no.refused(), code));
  }

  @Test
  void aNewerDocumentIsAdopted() throws Exception {
    Offered offered = beta.offer(holder.documentBytes());
    assertThat(offered).isEqualTo(new Offered.Adopted(holder.document()));
    assertThat(beta.document().edition().counter()).isEqualTo(3);
    assertThat(heard.documents).containsExactly(beta.document());
    assertThat(beta.offer(holder.documentBytes())).isInstanceOf(Offered.Known.class);
    assertThat(heard.documents).hasSize(1);
    assertThat(heard.refused).isEmpty();
    ClusterTrust again =
        world.home(betaFiles.restarted(MemoryTrustFiles.Loss.EVERYTHING)).open().orElseThrow();
    assertThat(again.documentBytes()).isEqualTo(holder.documentBytes());
  }

  @Test
  void anOlderDocumentIsRefused() throws Exception {
    byte[] old = beta.documentBytes();
    beta.offer(holder.documentBytes());
    assertRejected(beta.offer(old), TrustCode.DOCUMENT_OLDER);
    assertThat(beta.document().edition().counter()).isEqualTo(3);
  }

  @Test
  void everyChangedByteOfADocumentIsRefused() throws Exception {
    byte[] good = holder.documentBytes();
    for (int at = 0; at < good.length; at++) {
      byte[] changed = good.clone();
      changed[at] ^= 0x01;
      assertThat(beta.offer(changed)).as("byte " + at).isInstanceOf(Offered.Rejected.class);
    }
    for (int length = 0; length < good.length; length++) {
      assertRejected(beta.offer(Arrays.copyOf(good, length)), TrustCode.DOCUMENT_TAMPERED);
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertRejected(beta.offer(longer), TrustCode.DOCUMENT_TAMPERED);
    assertThat(beta.document().edition().counter()).isEqualTo(2);
    assertThat(heard.refused).hasSize(2 * good.length + 1);
    assertThat(heard.alarms).isEmpty();
  }

  @Test
  void anotherClustersDocumentIsRefused() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    assertRejected(beta.offer(other.documentBytes()), TrustCode.WRONG_CA);
  }

  @Test
  void aDocumentThatCannotBeKeptIsNotInForce() throws Exception {
    betaFiles.stopBefore(2);
    assertThatThrownBy(() -> beta.offer(holder.documentBytes()))
        .isInstanceOf(MemoryTrustFiles.Stopped.class);
    assertThat(beta.document().edition().counter()).isEqualTo(2);
    assertThat(heard.documents).isEmpty();
  }

  /** Two holders of the CA wrote edition 4: what a copy of the data directory can do. */
  @Test
  void ofTwoDocumentsWithOneCounterBothCountAndTheHolderSaysSo() throws Exception {
    AuthorityKey key = authorityKey();
    UUID lost = new UUID(7, 7);
    gamma.offer(holder.documentBytes());
    SignedDocument here = holder.publish(key, m -> m.revokeNode(beta.identity().nodeId()), 0, true);
    ClusterDocument base = here.content();
    SignedDocument there =
        SignedDocument.sign(
            new ClusterDocument(
                base.cluster(),
                base.authority(),
                base.edition(),
                gamma.document().members().admit(lost, "lost").revokeNode(lost)),
            key);
    TrustWorld.Heard alarms = new TrustWorld.Heard();
    gamma.listen(alarms);
    assertThat(gamma.offer(there.toBytes())).isInstanceOf(Offered.Adopted.class);
    Offered second = gamma.offer(here.toBytes());
    if (Editions.beats(here, there)) {
      assertThat(second).isInstanceOf(Offered.Adopted.class);
    } else {
      assertRejected(second, TrustCode.DOCUMENT_CONFLICT);
    }
    assertThat(alarms.alarms)
        .extracting(Refused::code)
        .containsExactly(TrustCode.DOCUMENT_CONFLICT);
    assertThat(gamma.apart()).hasSize(1);
    assertThat(gamma.members().revokedNodes()).containsExactly(lost, beta.identity().nodeId());
    assertDistrusted(gamma.judge(chain(beta)), TrustCode.REVOKED);

    authority(holder).absorb(there.toBytes());
    assertThat(holder.document().members()).isEqualTo(gamma.members());
    assertThat(gamma.offer(holder.documentBytes())).isInstanceOf(Offered.Adopted.class);
    assertThat(gamma.apart()).isEmpty();
    assertThat(gamma.members()).isEqualTo(holder.document().members());
    assertThat(holder.apart()).isEmpty();
  }

  @Test
  void theSameContentSignedTwiceIsNoAlarm() throws Exception {
    beta.offer(holder.documentBytes());
    SignedDocument again = SignedDocument.sign(holder.document(), authorityKey());
    assertThat(again.toBytes()).isNotEqualTo(holder.documentBytes());
    assertThat(beta.offer(again.toBytes())).isInstanceOf(Offered.Known.class);
    assertThat(heard.alarms).isEmpty();
  }

  @Test
  void aNewerDocumentThatForgetsARevocationIsAnAlarmAndForgetsItNowhere() throws Exception {
    AuthorityKey key = authorityKey();
    Members before = holder.document().members();
    authority(holder).revokeCertificate(BigInteger.TEN);
    authority(holder).revokeNode(gamma.identity().nodeId());
    beta.offer(holder.documentBytes());
    byte[] wise = beta.documentBytes();
    holder.publish(key, members -> before, 0, true);
    assertThat(beta.offer(holder.documentBytes())).isInstanceOf(Offered.Adopted.class);
    assertThat(heard.alarms).hasSize(1);
    assertThat(heard.alarms.getFirst().fact())
        .contains(gamma.identity().nodeId().toString())
        .contains("[a]");
    assertThat(beta.objection(gamma.certificate()))
        .hasValueSatisfying(no -> assertIs(no, TrustCode.REVOKED));
    assertThat(beta.apart()).containsExactly(wise);
    beta.offer(holder.documentBytes());
    assertThat(heard.alarms).hasSize(1);

    ClusterTrust again =
        world.home(betaFiles.restarted(MemoryTrustFiles.Loss.EVERYTHING)).open().orElseThrow();
    assertThat(again.apart()).containsExactly(wise);
    assertThat(again.members().revokedSerials()).containsExactly(BigInteger.TEN);
    authority(holder).absorb(again.apart().getFirst());
    again.offer(holder.documentBytes());
    assertThat(again.apart()).isEmpty();
    assertThat(again.document().members().revokedNodes())
        .containsExactly(gamma.identity().nodeId());
    assertThat(betaFiles.names()).contains("cluster-apart");
    beta.offer(holder.documentBytes());
    assertThat(betaFiles.names()).doesNotContain("cluster-apart");
  }

  private AuthorityKey authorityKey() throws Exception {
    return AuthorityFile.load(new TrustDirectory(holderFiles)).orElseThrow();
  }

  @Test
  void aRevokedNodeIsRefusedWhereverTheDocumentArrives() throws Exception {
    assertThat(beta.objection(gamma.certificate())).isEmpty();
    authority(holder).revokeNode(gamma.identity().nodeId());
    assertDistrusted(holder.judge(chain(gamma)), TrustCode.REVOKED);
    assertThat(beta.objection(gamma.certificate())).isEmpty();
    beta.offer(holder.documentBytes());
    assertThat(beta.objection(gamma.certificate()))
        .hasValueSatisfying(no -> assertIs(no, TrustCode.REVOKED));
    gamma.offer(holder.documentBytes());
    assertThat(gamma.objectionToSelf()).hasValueSatisfying(no -> assertIs(no, TrustCode.REVOKED));
    assertThat(holder.document().members().admitted()).doesNotContainKey(gamma.identity().nodeId());
  }

  @Test
  void aRevokedCertificateIsRefusedButItsNodeGoesOnWithAnother() throws Exception {
    BigInteger stolen = gamma.certificate().serial();
    List<X509Certificate> stolenChain = chain(gamma);
    renew(gamma);
    authority(holder).revokeCertificate(stolen);
    assertDistrusted(holder.judge(stolenChain), TrustCode.REVOKED);
    assertThat(holder.judge(chain(gamma))).isInstanceOf(Verdict.Trusted.class);
  }

  @Test
  void revokingTwiceWritesOnce() throws Exception {
    authority(holder).revokeNode(gamma.identity().nodeId());
    long counter = holder.document().edition().counter();
    authority(holder).revokeNode(gamma.identity().nodeId());
    assertThat(holder.document().edition().counter()).isEqualTo(counter);
  }

  @Test
  void whatCannotBeRevokedIsRefused() throws Exception {
    CertificateAuthority ca = authority(holder);
    assertRefused(() -> ca.revokeNode(new UUID(1, 2)), TrustCode.UNKNOWN_NODE);
    assertRefused(() -> ca.revokeNode(holder.identity().nodeId()), TrustCode.CA_HERE);
    assertRefused(() -> ca.revokeCertificate(BigInteger.ZERO), TrustCode.UNKNOWN_NODE);
    BigInteger own = holder.certificate().serial();
    assertRefused(() -> ca.revokeCertificate(own), TrustCode.UNKNOWN_NODE);
    BigInteger huge = BigInteger.ONE.shiftLeft(160);
    assertRefused(() -> ca.revokeCertificate(huge), TrustCode.UNKNOWN_NODE);
  }

  @Test
  void theDocumentHasALimit() throws Exception {
    assertRefused(
        () ->
            holder.publish(
                authorityKey(),
                members -> {
                  TreeSet<BigInteger> serials = new TreeSet<>();
                  for (int i = 1; i <= TrustLimits.MAX_REVOKED + 1; i++) {
                    serials.add(BigInteger.valueOf(i));
                  }
                  return new Members(members.admitted(), members.revokedNodes(), serials);
                },
                0,
                false),
        TrustCode.TOO_MANY);
    assertThat(holder.document().edition().counter()).isEqualTo(3);
  }

  private void renew(ClusterTrust node) throws Exception {
    RenewalRequest request = node.beginRenewal();
    node.completeRenewal(
        request, authority(holder).renew(node.certificate(), request.signingRequest()));
  }

  @Test
  void aCertificateIsRenewedOverALink() throws Exception {
    NodeCertificate first = beta.certificate();
    assertThat(beta.isRenewalDue()).isFalse();
    world.time.pass(Duration.ofDays(365));
    assertThat(beta.isRenewalDue()).isTrue();
    renew(beta);
    assertThat(beta.isRenewalDue()).isFalse();
    assertThat(beta.certificate().identity()).isEqualTo(first.identity());
    assertThat(beta.certificate().serial()).isNotEqualTo(first.serial());
    assertThat(beta.certificate().certificate().getPublicKey())
        .isNotEqualTo(first.certificate().getPublicKey());
    assertThat(holder.objection(first)).as("the old one lives on").isEmpty();
    assertThat(holder.judge(chain(beta))).isInstanceOf(Verdict.Trusted.class);
    String oldAlias = first.serial().toString(16);
    assertThat(beta.keyManager().getCertificateChain(oldAlias)[0]).isEqualTo(first.certificate());
  }

  private Renewal askOverALink(ClusterTrust node) throws Exception {
    byte[] request = TrustMessages.encodeRenewalRequest(node.beginRenewal().signingRequest());
    return TrustMessages.renewal(
        authority(holder)
            .answerRenewal(node.identity().nodeId(), node.certificate().serial(), request));
  }

  @Test
  void overALinkWhoWasRevokedIsRefusedTheNextCertificate() throws Exception {
    assertThat(askOverALink(beta)).isInstanceOf(Renewal.Renewed.class);
    authority(holder).revokeNode(gamma.identity().nodeId());
    assertThat(askOverALink(gamma))
        .isInstanceOfSatisfying(Refused.class, no -> assertIs(no, TrustCode.REVOKED));
    authority(holder).revokeCertificate(beta.certificate().serial());
    assertThat(askOverALink(beta))
        .isInstanceOfSatisfying(Refused.class, no -> assertIs(no, TrustCode.REVOKED));
    ClusterTrust stranger = world.cluster("stranger");
    assertThat(askOverALink(stranger))
        .isInstanceOfSatisfying(Refused.class, no -> assertIs(no, TrustCode.UNKNOWN_NODE));
  }

  @Test
  void somebodyMustLookWhenLittleIsLeftOfACertificate() throws Exception {
    assertThat(beta.isExpiryNear()).isFalse();
    world.time.pass(Duration.ofDays(3 * 365));
    assertThat(beta.isRenewalDue()).isTrue();
    assertThat(beta.isExpiryNear()).isFalse();
    world.time.pass(Duration.ofDays(366));
    assertThat(beta.isExpiryNear()).isTrue();
    renew(beta);
    assertThat(beta.isExpiryNear()).isFalse();
  }

  @Test
  void whoIsNotTrustedDoesNotRenew() throws Exception {
    RenewalRequest request = gamma.beginRenewal();
    authority(holder).revokeNode(gamma.identity().nodeId());
    Renewal answer = authority(holder).renew(gamma.certificate(), request.signingRequest());
    assertThat(answer).isInstanceOfSatisfying(Refused.class, no -> assertIs(no, TrustCode.REVOKED));
    NodeCertificate before = gamma.certificate();
    assertRefused(() -> gamma.completeRenewal(request, answer), TrustCode.REVOKED);
    assertThat(gamma.certificate()).isEqualTo(before);
  }

  @Test
  void aRenewalThatIsNotForUsIsRefused() throws Exception {
    RenewalRequest ours = beta.beginRenewal();
    RenewalRequest theirs = gamma.beginRenewal();
    CertificateAuthority ca = authority(holder);
    Renewal forGamma = ca.renew(gamma.certificate(), theirs.signingRequest());
    assertRefused(() -> beta.completeRenewal(ours, forGamma), TrustCode.BAD_REQUEST);
    Renewal otherKey = ca.renew(beta.certificate(), theirs.signingRequest());
    assertRefused(() -> beta.completeRenewal(ours, otherKey), TrustCode.BAD_REQUEST);
    Renewal rubbish = new Renewal.Renewed(new byte[] {1, 2, 3});
    assertRefused(() -> beta.completeRenewal(ours, rubbish), TrustCode.BAD_REQUEST);
    assertThat(ca.renew(beta.certificate(), new byte[] {1}))
        .isInstanceOfSatisfying(Refused.class, no -> assertIs(no, TrustCode.BAD_REQUEST));
  }

  @Test
  void certificatesHaveTheirTime() throws Exception {
    world.time.set(SettableTime.BEGIN.minus(Duration.ofHours(1)));
    assertThat(holder.objection(beta.certificate())).as("clocks differ").isEmpty();
    world.time.pass(Duration.ofSeconds(-1));
    assertDistrusted(holder.judge(chain(beta)), TrustCode.CERTIFICATE_NOT_YET_VALID);
    world.time.set(beta.certificate().validUntil());
    assertThat(holder.objection(beta.certificate())).isEmpty();
    world.time.pass(Duration.ofSeconds(1));
    assertDistrusted(holder.judge(chain(beta)), TrustCode.CERTIFICATE_EXPIRED);
  }

  @Test
  void strangersAreNotTrusted() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    assertDistrusted(holder.judge(List.of()), TrustCode.NO_CERTIFICATE);
    assertDistrusted(holder.judge(chain(other)), TrustCode.CERTIFICATE_FOREIGN);
    assertDistrusted(
        holder.judge(List.of(chain(other).getFirst(), chain(holder).getLast())),
        TrustCode.CERTIFICATE_FOREIGN);
    assertDistrusted(holder.judge(List.of(chain(holder).getLast())), TrustCode.CERTIFICATE_UNFIT);
  }

  /** Signed by our CA, but not as a member of this cluster. */
  @Test
  void theCasSignatureAloneIsNotEnough() throws Exception {
    Certificates certificates = new Certificates(world.setting);
    NodeIdentity elsewhere = new NodeIdentity(new UUID(3, 4), new UUID(5, 6), "beta");
    KeyPair keys = KeyPairs.generate(world.setting.random());
    AuthorityKey key = authorityKey();
    assertDistrusted(
        holder.judge(List.of(certificates.node(key, elsewhere, keys.getPublic()))),
        TrustCode.CERTIFICATE_UNFIT);
    AuthorityKey impostor =
        new AuthorityKey(certificates.authority(holder.cluster(), keys), keys.getPrivate());
    assertDistrusted(
        holder.judge(List.of(certificates.node(impostor, beta.identity(), keys.getPublic()))),
        TrustCode.CERTIFICATE_FOREIGN);
  }

  @Test
  void damagedFilesAreNamed() throws Exception {
    for (String name : List.of("node.pem", "cluster")) {
      for (byte[] content : List.of(new byte[0], "rubbish".getBytes(US_ASCII))) {
        MemoryTrustFiles files = betaFiles.restarted(MemoryTrustFiles.Loss.NOTHING);
        files.delete(name);
        files.create(name, content);
        assertThatThrownBy(() -> world.home(files).open())
            .isInstanceOf(TrustRefusedException.class);
      }
    }
    MemoryTrustFiles files = betaFiles.restarted(MemoryTrustFiles.Loss.NOTHING);
    files.delete("cluster");
    assertRefused(() -> world.home(files).open(), TrustCode.DAMAGED_FILE);
  }

  @Test
  void aKeyOfAnotherCertificateIsNoticed() throws Exception {
    MemoryTrustFiles gammaFiles = new MemoryTrustFiles();
    world.join(world.home(gammaFiles), holder, "delta");
    String mine = text(betaFiles);
    String theirs = text(gammaFiles);
    String keyBegin = "-----BEGIN PRIVATE KEY";
    String mixed =
        mine.substring(0, mine.indexOf(keyBegin)) + theirs.substring(theirs.indexOf(keyBegin));
    betaFiles.delete("node.pem");
    betaFiles.create("node.pem", mixed.getBytes(US_ASCII));
    assertRefused(() -> world.home(betaFiles).open(), TrustCode.DAMAGED_FILE);
  }

  private static String text(MemoryTrustFiles files) {
    return new String(files.read("node.pem").orElseThrow(), US_ASCII);
  }

  @Test
  void leavingTakesEverythingAway() throws Exception {
    world.home(betaFiles).leave(false);
    assertThat(betaFiles.names()).isEmpty();
    assertThat(world.home(betaFiles).open()).isEmpty();
    MemoryTrustFiles files = new MemoryTrustFiles();
    world.home(files).create("red", "alpha");
    assertRefused(() -> world.home(files).leave(false), TrustCode.CA_HERE);
    world.home(files).leave(true);
    assertThat(files.names()).isEmpty();
  }

  @Test
  void anUnfinishedCreationOfAnotherClusterIsNotOverwritten() throws Exception {
    MemoryTrustFiles files = new MemoryTrustFiles();
    world.home(files).create("red", "alpha");
    files.delete("node.pem");
    assertRefused(() -> world.home(files).create("blue", "alpha"), TrustCode.CA_HERE);
    ClusterTrust again = world.home(files).create("red", "alpha2");
    assertThat(again.document().edition().counter()).isEqualTo(2);
  }
}
