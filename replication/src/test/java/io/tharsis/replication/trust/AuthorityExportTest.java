package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CA goes into a safe and comes back, elsewhere. */
class AuthorityExportTest {

  private static final char[] PHRASE = "correct horse battery".toCharArray();

  private final TrustWorld world = new TrustWorld();
  private final MemoryTrustFiles holderFiles = new MemoryTrustFiles();
  private ClusterTrust holder;
  private ClusterTrust beta;
  private String export;

  @BeforeEach
  void export() throws Exception {
    holder = world.home(holderFiles).create("blue", "alpha");
    beta = world.join(holder, "beta");
    export = authority(holder).export(PHRASE);
  }

  @Test
  void theCaMovesToWhereItIsImported() throws Exception {
    ClusterTrust gamma = world.join(holder, "gamma");
    CertificateAuthority old = authority(holder);
    beta.offer(gamma.documentBytes());
    CertificateAuthority moved = beta.importAuthority(export, PHRASE);
    assertThat(beta.document().edition().holder()).isEqualTo(beta.identity().nodeId());
    assertThat(holderFiles.names()).contains("ca.pem");
    assertThat(holder.offer(beta.documentBytes())).isInstanceOf(Offered.Adopted.class);
    assertThat(beta.document().members().admitted()).hasSize(3);
    assertThat(holderFiles.names()).containsExactly("cluster", "node.pem");
    assertThat(holder.authority()).isEmpty();
    assertRefused(() -> old.createToken(TrustWorld.HOUR, ""), TrustCode.CA_MOVED);
    assertRefused(() -> old.revokeNode(gamma.identity().nodeId()), TrustCode.CA_MOVED);
    assertRefused(() -> old.export(PHRASE), TrustCode.CA_MOVED);
    ClusterTrust delta = world.join(beta, "delta");
    assertThat(holder.judge(chain(delta))).isInstanceOf(Verdict.Trusted.class);
    moved.revokeNode(holder.identity().nodeId());
    gamma.offer(beta.documentBytes());
    TrustWorld.assertDistrusted(gamma.judge(chain(holder)), TrustCode.REVOKED);
  }

  /** Both have the CA, cut off from each other; the counters decide, or the ids. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void whatTwoHoldersSaidBesideEachOtherCountsAfterwards(int more) throws Exception {
    ClusterTrust gamma = world.join(holder, "gamma");
    ClusterTrust delta = world.join(holder, "delta");
    ClusterTrust epsilon = world.join(holder, "epsilon");
    for (ClusterTrust node : List.of(beta, gamma, delta)) {
      node.offer(holder.documentBytes());
    }
    beta.importAuthority(export, PHRASE);
    for (int i = 0; i < more; i++) {
      authority(holder).revokeCertificate(BigInteger.valueOf(100 + i));
    }
    authority(holder).revokeNode(gamma.identity().nodeId());
    authority(beta).revokeNode(delta.identity().nodeId());
    ClusterTrust zeta = world.join(beta, "zeta");
    ClusterTrust eta = world.join(holder, "eta");
    epsilon.offer(holder.documentBytes());
    zeta.offer(epsilon.documentBytes());

    for (int round = 0; round < 4; round++) {
      List<ClusterTrust> all = List.of(holder, beta, epsilon, zeta, eta);
      for (ClusterTrust from : all) {
        for (ClusterTrust to : all) {
          to.offer(from.documentBytes());
        }
      }
      for (ClusterTrust node : all) {
        for (ClusterTrust at : List.of(holder, beta)) {
          if (at.authority().isPresent()
              && at.identity().nodeId().equals(node.document().edition().holder())) {
            for (byte[] apart : node.apart()) {
              authority(at).absorb(apart);
            }
          }
        }
      }
    }
    for (ClusterTrust node : List.of(holder, beta, epsilon, zeta, eta)) {
      assertThat(node.apart()).isEmpty();
      assertThat(node.documentBytes()).isEqualTo(holder.documentBytes());
    }
    Members members = holder.document().members();
    assertThat(members.revokedNodes())
        .containsExactlyInAnyOrder(gamma.identity().nodeId(), delta.identity().nodeId());
    assertThat(members.revokedSerials()).hasSize(more);
    assertThat(members.admitted().values()).contains("zeta", "eta");
    assertThat(holder.authority().isPresent()).isNotEqualTo(beta.authority().isPresent());
  }

  @Test
  void whoIsRevokedByAnotherHolderDoesNotSignThatAndAThirdOneDoes() throws Exception {
    ClusterTrust gamma = world.join(holder, "gamma");
    beta.offer(holder.documentBytes());
    CertificateAuthority there = beta.importAuthority(export, PHRASE);
    authority(holder).revokeNode(beta.identity().nodeId());
    there.revokeNode(holder.identity().nodeId());
    gamma.offer(holder.documentBytes());
    gamma.offer(beta.documentBytes());
    assertThat(gamma.members().revokedNodes()).hasSize(2);
    assertRefused(() -> there.absorb(holder.documentBytes()), TrustCode.REVOKED);
    assertThat(beta.objectionToSelf()).isPresent();
    gamma.importAuthority(export, PHRASE);
    assertThat(gamma.apart()).isEmpty();
    assertThat(gamma.document().members().revokedNodes()).hasSize(2);
    assertThat(gamma.document().edition().counter())
        .isGreaterThan(holder.document().edition().counter());
  }

  @Test
  void anOldExportBringsNoOldDocumentBack() throws Exception {
    ClusterTrust gamma = world.join(holder, "gamma");
    authority(holder).revokeNode(gamma.identity().nodeId());
    beta.offer(holder.documentBytes());
    beta.importAuthority(export, PHRASE);
    assertThat(beta.document().edition().counter()).isEqualTo(5);
    assertThat(beta.document().members().revokedNodes()).containsExactly(gamma.identity().nodeId());
    assertThat(holder.offer(beta.documentBytes())).isInstanceOf(Offered.Adopted.class);
  }

  @Test
  void theKeyIsNotInTheClear() throws Exception {
    assertThat(export).contains("BEGIN ENCRYPTED PRIVATE KEY").doesNotContain("BEGIN PRIVATE KEY");
    assertThat(authority(holder).export(PHRASE)).isNotEqualTo(export);
  }

  @Test
  void badPassPhrasesAreRefused() throws Exception {
    CertificateAuthority ca = authority(holder);
    assertRefused(() -> ca.export("elevenchars".toCharArray()), TrustCode.WEAK_PASS_PHRASE);
    assertRefused(
        () -> beta.importAuthority(export, "correct horse batterz".toCharArray()),
        TrustCode.WRONG_PASS_PHRASE);
    assertRefused(() -> beta.importAuthority(export, new char[0]), TrustCode.WRONG_PASS_PHRASE);
    assertThat(beta.authority()).isEmpty();
  }

  @Test
  void anotherClustersExportIsRefused() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    String foreign = authority(other).export(PHRASE);
    assertRefused(() -> beta.importAuthority(foreign, PHRASE), TrustCode.WRONG_CA);
    String mixed =
        export.substring(0, export.indexOf("-----BEGIN ENCRYPTED"))
            + foreign.substring(foreign.indexOf("-----BEGIN ENCRYPTED"));
    assertRefused(() -> beta.importAuthority(mixed, PHRASE), TrustCode.WRONG_CA);
  }

  @Test
  void anotherCasKeyIsRefused() throws Exception {
    ClusterTrust other = world.home().create("blue", "alpha");
    String foreign = authority(other).export(PHRASE);
    String begin = "-----BEGIN ENCRYPTED";
    String end = "-----BEGIN THARSIS";
    String mixed =
        export.substring(0, export.indexOf(begin))
            + foreign.substring(foreign.indexOf(begin), foreign.indexOf(end))
            + export.substring(export.indexOf(end));
    assertRefused(() -> beta.importAuthority(mixed, PHRASE), TrustCode.EXPORT_UNREADABLE);
  }

  @Test
  void aRevokedNodeDoesNotTakeTheCa() throws Exception {
    authority(holder).revokeNode(beta.identity().nodeId());
    beta.offer(holder.documentBytes());
    assertRefused(() -> beta.importAuthority(export, PHRASE), TrustCode.REVOKED);
  }

  @Test
  void whatIsNoExportIsRefused() {
    assertRefused(() -> beta.importAuthority("", PHRASE), TrustCode.EXPORT_UNREADABLE);
    assertRefused(() -> beta.importAuthority("rubbish", PHRASE), TrustCode.EXPORT_UNREADABLE);
    String cut = export.substring(0, export.length() / 2);
    assertRefused(() -> beta.importAuthority(cut, PHRASE), TrustCode.EXPORT_UNREADABLE);
    assertRefused(() -> beta.importAuthority(export + export, PHRASE), TrustCode.EXPORT_UNREADABLE);
    String huge = "x".repeat(3 << 20);
    assertRefused(() -> beta.importAuthority(huge, PHRASE), TrustCode.EXPORT_UNREADABLE);
  }

  /** One changed bit in each twelfth byte: each try that gets as far costs a key derivation. */
  @Test
  void changedBytesOfTheEncryptedKeyAreRefused() throws Exception {
    List<byte[]> parts =
        Pem.read(Pem.ascii(export), Pem.CERTIFICATE, Pem.ENCRYPTED_KEY, Pem.CLUSTER_DOCUMENT);
    for (int at = 0; at < parts.get(1).length; at += 12) {
      byte[] changed = parts.get(1).clone();
      changed[at] ^= 0x04;
      String text =
          Pem.write(
              new PemObject(Pem.CERTIFICATE, parts.get(0)),
              new PemObject(Pem.ENCRYPTED_KEY, changed),
              new PemObject(Pem.CLUSTER_DOCUMENT, parts.get(2)));
      assertThatThrownBy(() -> beta.importAuthority(text, PHRASE))
          .as("byte " + at)
          .isInstanceOf(TrustRefusedException.class);
    }
  }
}
