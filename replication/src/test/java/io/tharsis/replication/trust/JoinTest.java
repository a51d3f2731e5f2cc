package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.HOUR;
import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static io.tharsis.replication.trust.TrustWorld.redeem;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in with a token, and every way not to. */
class JoinTest {

  private final TrustWorld world = new TrustWorld();
  private ClusterTrust holder;

  @BeforeEach
  void makeCluster() throws Exception {
    holder = world.cluster("alpha");
  }

  private JoinRequest request(String name) throws Exception {
    return world.joining(holder, name).request(chain(holder));
  }

  private static JoinRequest with(JoinRequest from, JoinToken.Pass pass) {
    return new JoinRequest(from.clusterId(), pass, from.name(), from.signingRequest());
  }

  private static JoinRequest with(JoinRequest from, byte[] signingRequest) {
    return new JoinRequest(from.clusterId(), from.pass(), from.name(), signingRequest);
  }

  @Test
  void aTokenLetsANodeIn() throws Exception {
    ClusterTrust beta = world.join(holder, "beta");
    assertThat(beta.cluster()).isEqualTo(holder.cluster());
    assertThat(beta.identity().name()).isEqualTo("beta");
    assertThat(beta.document().edition().counter()).isEqualTo(2);
    assertThat(beta.document().members().admitted())
        .containsEntry(beta.identity().nodeId(), "beta")
        .containsEntry(holder.identity().nodeId(), "alpha");
    assertThat(holder.judge(chain(beta))).isEqualTo(new Verdict.Trusted(beta.certificate()));
    assertThat(beta.judge(chain(holder))).isEqualTo(new Verdict.Trusted(holder.certificate()));
    assertThat(beta.authority()).isEmpty();
  }

  @Test
  void theMembershipIsFoundAgain() throws Exception {
    MemoryTrustFiles files = new MemoryTrustFiles();
    ClusterTrust beta = world.join(world.home(files), holder, "beta");
    MemoryTrustFiles found = files.restarted(MemoryTrustFiles.Loss.EVERYTHING);
    ClusterTrust again = world.home(found).open().orElseThrow();
    assertThat(again.certificate()).isEqualTo(beta.certificate());
    assertThat(found.names()).containsExactly("cluster", "node.pem");
    assertRefused(() -> world.home(found).join(world.token(holder), "c"), TrustCode.ALREADY_MEMBER);
    assertRefused(() -> world.home(found).create("red", "c"), TrustCode.ALREADY_MEMBER);
  }

  @Test
  void aTokenIsGoodOnce() throws Exception {
    JoinRequest first = request("beta");
    assertThat(redeem(holder, first)).isInstanceOf(JoinAnswer.Joined.class);
    JoinAnswer again = redeem(holder, first);
    assertRefused(again, TrustCode.TOKEN_SPENT);
    assertThat(((Refused) again).fact()).contains("even if a crash");
    assertRefused(redeem(holder, with(request("gamma"), first.pass())), TrustCode.TOKEN_SPENT);
  }

  @Test
  void ofManyWhoComeAtOnceOneGetsIn() throws Exception {
    JoinToken.Pass pass = world.token(holder).pass();
    JoinService service = new JoinService(authority(holder));
    List<JoinRequest> requests = List.of(request("b"), request("c"), request("d"), request("e"));
    try (ExecutorService pool = Executors.newFixedThreadPool(requests.size())) {
      List<Callable<JoinAnswer>> calls =
          requests.stream()
              .map(request -> (Callable<JoinAnswer>) () -> service.redeem(with(request, pass)))
              .toList();
      long joined = 0;
      for (Future<JoinAnswer> answer : pool.invokeAll(calls)) {
        if (answer.get() instanceof Refused refused) {
          assertThat(refused.code()).isEqualTo(TrustCode.TOKEN_SPENT);
        } else {
          joined++;
        }
      }
      assertThat(joined).isEqualTo(1);
    }
    assertThat(holder.document().members().admitted()).hasSize(2);
  }

  @Test
  void aTokenEndsInTime() throws Exception {
    JoinRequest request = request("beta");
    world.time.pass(HOUR.minusSeconds(1));
    JoinRequest late = with(request("gamma"), request.pass());
    world.time.pass(Duration.ofSeconds(1));
    assertRefused(redeem(holder, late), TrustCode.TOKEN_EXPIRED);
    world.time.pass(Duration.ofSeconds(-1));
    assertThat(redeem(holder, late)).isInstanceOf(JoinAnswer.Joined.class);
  }

  @Test
  void aTokenThatExpiredLongAgoIsForgotten() throws Exception {
    JoinRequest spent = request("beta");
    redeem(holder, spent);
    JoinRequest unspent = request("gamma");
    world.time.pass(Duration.ofDays(8));
    JoinRequest other = request("delta");
    assertRefused(redeem(holder, with(other, spent.pass())), TrustCode.TOKEN_UNKNOWN);
    assertRefused(redeem(holder, with(other, unspent.pass())), TrustCode.TOKEN_UNKNOWN);
    world.time.set(SettableTime.BEGIN);
    assertRefused(redeem(holder, with(other, spent.pass())), TrustCode.TOKEN_UNKNOWN);
  }

  @Test
  void aTokensLifeHasBounds() throws Exception {
    CertificateAuthority ca = authority(holder);
    assertRefused(() -> ca.createToken(Duration.ofSeconds(59), ""), TrustCode.BAD_LIFETIME);
    assertRefused(() -> ca.createToken(Duration.ofDays(8), ""), TrustCode.BAD_LIFETIME);
    assertRefused(() -> ca.createToken(HOUR, "a b"), TrustCode.BAD_REQUEST);
  }

  @Test
  void aWrongSecretIsLikeNoToken() throws Exception {
    JoinRequest request = request("beta");
    byte[] secret = request.pass().secret().clone();
    secret[31] ^= 1;
    JoinToken.Pass guessed = new JoinToken.Pass(request.pass().id(), secret);
    assertRefused(redeem(holder, with(request, guessed)), TrustCode.TOKEN_UNKNOWN);
    assertThat(redeem(holder, request)).isInstanceOf(JoinAnswer.Joined.class);
  }

  @Test
  void aTokenIsRedeemedOnlyWhereItWasIssued() throws Exception {
    JoinRequest request = request("gamma");
    ClusterTrust beta = world.join(holder, "beta");
    CertificateAuthority moved =
        beta.importAuthority(
            authority(holder).export("long enough to use".toCharArray()),
            "long enough to use".toCharArray());
    assertRefused(new JoinService(moved).redeem(request), TrustCode.TOKEN_UNKNOWN);
    CertificateAuthority before = authority(holder);
    holder.offer(beta.documentBytes());
    assertRefused(new JoinService(before).redeem(request), TrustCode.CA_MOVED);
    assertThat(holder.authority()).isEmpty();
  }

  @Test
  void aForeignTokenIsRefused() throws Exception {
    ClusterTrust other = world.home().create("red", "omega");
    assertRefused(redeem(other, request("beta")), TrustCode.WRONG_CLUSTER);
  }

  @Test
  void onlyTheHashOfASecretIsStored() throws Exception {
    MemoryTrustFiles files = new MemoryTrustFiles();
    ClusterTrust ours = world.home(files).create("blue", "alpha");
    JoinToken token = world.token(ours);
    byte[] stored = files.read("token-" + token.pass().shownId()).orElseThrow();
    byte[] secret = token.pass().secret();
    String text = new String(stored, StandardCharsets.US_ASCII);
    assertThat(text).doesNotContain(HexFormat.of().formatHex(secret));
    assertThat(text)
        .contains(HexFormat.of().formatHex(KeyPairs.sha256(secret)))
        .contains("expires 2027-01-01T01:00:00Z");
  }

  @Test
  void aNameIsTakenUntilItsNodeIsRevoked() throws Exception {
    ClusterTrust beta = world.join(holder, "beta");
    JoinRequest second = request("beta");
    assertRefused(redeem(holder, second), TrustCode.NAME_TAKEN);
    authority(holder).revokeNode(beta.identity().nodeId());
    assertThat(redeem(holder, second)).isInstanceOf(JoinAnswer.Joined.class);
  }

  @Test
  void whoLostTheAnswerComesAgainAsTheSameNode() throws Exception {
    TrustHome home = world.home();
    Joining first = home.join(world.token(holder), "beta");
    redeem(holder, first.request(chain(holder)));
    ClusterTrust beta = world.join(home, holder, "beta");
    assertThat(beta.identity()).isEqualTo(first.identity());
    assertThat(holder.document().members().admitted()).hasSize(2);
  }

  @Test
  void aRevokedKeyNeverComesBack() throws Exception {
    TrustHome home = world.home();
    Joining first = home.join(world.token(holder), "beta");
    redeem(holder, first.request(chain(holder)));
    authority(holder).revokeNode(first.identity().nodeId());
    Joining second = home.join(world.token(holder), "beta");
    assertRefused(redeem(holder, second.request(chain(holder))), TrustCode.REVOKED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a b", "-a", "..", "ä", "a\n"})
  void badNamesAreRefusedAtBothEnds(String name) throws Exception {
    assertRefused(() -> world.joining(holder, name), TrustCode.BAD_NAME);
    assertRefused(() -> world.home().create("blue", name), TrustCode.BAD_NAME);
    assertRefused(() -> world.home().create(name, "alpha"), TrustCode.BAD_NAME);
    JoinRequest good = request("beta");
    JoinRequest bad = new JoinRequest(good.clusterId(), good.pass(), name, good.signingRequest());
    assertRefused(redeem(holder, bad), TrustCode.BAD_NAME);
    assertThat(redeem(holder, good)).isInstanceOf(JoinAnswer.Joined.class);
  }

  @Test
  void aNameOf64IsTooLong() throws Exception {
    assertRefused(() -> world.joining(holder, "x".repeat(64)), TrustCode.BAD_NAME);
    assertThat(world.join(holder, "x".repeat(63)).identity().name()).hasSize(63);
  }

  @Test
  void everyChangedByteOfASigningRequestIsRefusedAndCostsNoToken() throws Exception {
    JoinRequest good = request("beta");
    for (int at = 0; at < good.signingRequest().length; at++) {
      byte[] changed = good.signingRequest().clone();
      changed[at] ^= 0x01;
      assertRefused(redeem(holder, with(good, changed)), TrustCode.BAD_REQUEST);
    }
    assertRefused(redeem(holder, with(good, new byte[0])), TrustCode.BAD_REQUEST);
    assertRefused(redeem(holder, with(good, new byte[4096])), TrustCode.BAD_REQUEST);
    assertThat(redeem(holder, good)).isInstanceOf(JoinAnswer.Joined.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp384r1", "secp521r1"})
  void otherCurvesAreRefused(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair keys = generator.generateKeyPair();
    JoinRequest good = request("beta");
    byte[] other = SigningRequest.make(keys, "beta");
    assertRefused(redeem(holder, with(good, other)), TrustCode.BAD_REQUEST);
  }

  @Test
  void refusalsAreTold() throws Exception {
    TrustWorld.Heard heard = new TrustWorld.Heard();
    holder.listen(heard);
    JoinRequest request = request("beta");
    redeem(holder, request);
    redeem(holder, request);
    assertThat(heard.refused).extracting(Refused::code).containsExactly(TrustCode.TOKEN_SPENT);
    assertThat(heard.documents).hasSize(1);
  }

  @Test
  void itIsTheSameInBytes() throws Exception {
    Joining joining = world.joining(holder, "beta");
    JoinService service = new JoinService(authority(holder));
    byte[] request = TrustMessages.encode(joining.request(chain(holder)));
    byte[] answer = service.answer(request);
    assertThat(joining.complete(TrustMessages.joinAnswer(answer)).identity())
        .isEqualTo(joining.identity());
    assertRefused(TrustMessages.joinAnswer(service.answer(request)), TrustCode.TOKEN_SPENT);
    byte[] garbage = "GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
    assertRefused(TrustMessages.joinAnswer(service.answer(garbage)), TrustCode.BAD_REQUEST);
  }
}
