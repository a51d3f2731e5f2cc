package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static io.tharsis.replication.trust.TrustWorld.redeem;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.trust.MemoryTrustFiles.Loss;
import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The world stops before every single step that changes a file, in every verb. */
class CrashPointsTest {

  private static final char[] PHRASE = "a phrase for tests".toCharArray();

  private final TrustWorld world = new TrustWorld();

  private interface Verb {
    void run() throws Exception;
  }

  /** Whether it ran to its end. */
  private static boolean ends(MemoryTrustFiles files, int stopBefore, Verb verb) throws Exception {
    files.stopBefore(stopBefore);
    try {
      verb.run();
      return true;
    } catch (MemoryTrustFiles.Stopped e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void redeeming(Loss loss) throws Exception {
    boolean ended = false;
    int spentWithoutAnswer = 0;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      ClusterTrust holder = world.home(files).create("blue", "alpha");
      JoinToken token = world.token(holder);
      Joining thief = world.home().join(token, "thief");
      JoinRequest request = world.home().join(token, "beta").request(chain(holder));
      ended = ends(files, step, () -> redeem(holder, request));

      ClusterTrust found = world.home(files.restarted(loss)).open().orElseThrow();
      boolean admitted = found.document().members().admitted().containsValue("beta");
      JoinAnswer second = redeem(found, thief.request(chain(found)));
      if (ended || admitted) {
        assertRefused(second, TrustCode.TOKEN_SPENT);
      }
      if (!ended && second instanceof Refused refused) {
        assertThat(refused.code()).isEqualTo(TrustCode.TOKEN_SPENT);
        spentWithoutAnswer++;
      }
    }
    assertThat(spentWithoutAnswer).as("crashes that cost the token").isPositive();
  }

  /** Proof that the walk above would see a token that is good again. */
  @Test
  void aPlantedBugIsSeen() throws Exception {
    MemoryTrustFiles files = new MemoryTrustFiles();
    ClusterTrust holder = world.home(files).create("blue", "alpha");
    JoinToken token = world.token(holder);
    Joining thief = world.home().join(token, "thief");
    files.forgetDirectorySyncs();
    JoinRequest request = world.home().join(token, "beta").request(chain(holder));
    assertThat(redeem(holder, request)).isInstanceOf(JoinAnswer.Joined.class);
    ClusterTrust found = world.home(files.restarted(Loss.EVERYTHING)).open().orElseThrow();
    assertThat(redeem(found, thief.request(chain(found)))).isInstanceOf(JoinAnswer.Joined.class);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void creatingACluster(Loss loss) throws Exception {
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      ended = ends(files, step, () -> world.home(files).create("blue", "alpha"));

      MemoryTrustFiles left = files.restarted(loss);
      Optional<ClusterTrust> found = world.home(left).open();
      assertThat(found.isPresent() || !ended).isTrue();
      ClusterTrust holder =
          found.isPresent() ? found.get() : world.home(left).create("blue", "alpha");
      ClusterTrust beta = world.join(holder, "beta");
      assertThat(holder.judge(chain(beta))).isInstanceOf(Verdict.Trusted.class);
      assertThat(holder.document().members().admitted()).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void joining(Loss loss) throws Exception {
    ClusterTrust holder = world.cluster("alpha");
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      String name = "beta-" + step;
      ended = ends(files, step, () -> world.join(world.home(files), holder, name));

      MemoryTrustFiles left = files.restarted(loss);
      Optional<ClusterTrust> found = world.home(left).open();
      assertThat(found.isPresent() || !ended).isTrue();
      ClusterTrust beta =
          found.isPresent() ? found.get() : world.join(world.home(left), holder, name);
      assertThat(holder.judge(chain(beta))).isInstanceOf(Verdict.Trusted.class);
      assertThat(holder.document().members().admitted()).containsValue(name);
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void adoptingADocument(Loss loss) throws Exception {
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      ClusterTrust holder = world.cluster("alpha");
      MemoryTrustFiles files = new MemoryTrustFiles();
      ClusterTrust beta = world.join(world.home(files), holder, "beta");
      world.join(holder, "gamma");
      ended = ends(files, step, () -> beta.offer(holder.documentBytes()));

      ClusterTrust found = world.home(files.restarted(loss)).open().orElseThrow();
      assertThat(found.document().edition().counter()).isBetween(ended ? 3L : 2L, 3L);
      if (beta.document().edition().counter() == 3) {
        assertThat(found.document().edition().counter()).as("in force, so durable").isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void renewing(Loss loss) throws Exception {
    ClusterTrust holder = world.cluster("alpha");
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      ClusterTrust beta = world.join(world.home(files), holder, "beta-" + step);
      RenewalRequest request = beta.beginRenewal();
      Renewal answer = authority(holder).renew(beta.certificate(), request.signingRequest());
      ended = ends(files, step, () -> beta.completeRenewal(request, answer));

      ClusterTrust found = world.home(files.restarted(loss)).open().orElseThrow();
      assertThat(holder.judge(chain(found))).isInstanceOf(Verdict.Trusted.class);
      if (ended) {
        assertThat(found.certificate()).isEqualTo(beta.certificate());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void importingTheAuthority(Loss loss) throws Exception {
    ClusterTrust holder = world.cluster("alpha");
    AuthorityExport export =
        AuthorityExport.open(
            authority(holder).export(PHRASE), holder.document().authority(), PHRASE);
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      ClusterTrust beta = world.join(world.home(files), holder, "beta-" + step);
      ended = ends(files, step, () -> beta.install(export));

      ClusterTrust found = world.home(files.restarted(loss)).open().orElseThrow();
      if (!found.document().edition().holder().equals(found.identity().nodeId())) {
        assertThat(ended).isFalse();
        if (found.authority().isPresent()) {
          assertRefused(() -> world.token(found), TrustCode.CA_MOVED);
        }
        found.install(export);
      }
      assertThat(world.join(found, "gamma").cluster()).isEqualTo(holder.cluster());
    }
  }

  /** The key is there until the document is that names another holder, and then it goes. */
  @ParameterizedTest
  @EnumSource(Loss.class)
  void hearingThatTheAuthorityMoved(Loss loss) throws Exception {
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      ClusterTrust holder = world.home(files).create("blue", "alpha");
      ClusterTrust beta = world.join(holder, "beta");
      ClusterTrust gamma = world.join(holder, "gamma");
      world.token(holder);
      beta.offer(holder.documentBytes());
      beta.install(
          new AuthorityExport(
              AuthorityFile.load(new TrustDirectory(files)).orElseThrow(),
              SignedDocument.verify(beta.documentBytes(), beta.document().authority())));
      authority(holder).revokeNode(gamma.identity().nodeId());
      authority(beta).revokeCertificate(BigInteger.TEN);
      ended = ends(files, step, () -> holder.offer(beta.documentBytes()));

      MemoryTrustFiles left = files.restarted(loss);
      ClusterTrust found = world.home(left).open().orElseThrow();
      boolean moved = found.document().edition().holder().equals(beta.identity().nodeId());
      assertThat(moved || !ended).isTrue();
      assertThat(left.names().contains("ca.pem")).isEqualTo(!moved);
      assertThat(moved && left.names().stream().anyMatch(name -> name.startsWith("token-")))
          .isFalse();
      assertThat(found.members().revokedNodes()).contains(gamma.identity().nodeId());
      found.offer(beta.documentBytes());
      assertThat(found.apart()).hasSize(1);
      authority(beta).absorb(found.apart().getFirst());
      assertThat(beta.document().members()).isEqualTo(found.members());
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void leaving(Loss loss) throws Exception {
    boolean ended = false;
    for (int step = 0; !ended; step++) {
      MemoryTrustFiles files = new MemoryTrustFiles();
      TrustHome home = world.home(files);
      world.token(home.create("blue", "alpha"));
      ended = ends(files, step, () -> home.leave(true));

      MemoryTrustFiles left = files.restarted(loss);
      boolean member = world.home(left).open().isPresent();
      boolean leaving = world.home(left).isLeaving();
      assertThat(member && (ended || leaving)).isFalse();
      assertThat(member || leaving || left.names().isEmpty()).as("" + left.names()).isTrue();
      if (leaving) {
        assertRefused(() -> world.home(left).create("red", "alpha"), TrustCode.ALREADY_MEMBER);
      }
      world.home(left).leave(true);
      assertThat(left.names()).isEmpty();
    }
  }
}
