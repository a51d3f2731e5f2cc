package io.tharsis.replication.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Nodes and clusters in memory, with one clock. */
final class TrustWorld {

  static final Duration HOUR = Duration.ofHours(1);

  final SettableTime time = new SettableTime();
  final TrustSetting setting = new TrustSetting(time, new SecureRandom(), TrustLimits.standard());

  /** What was told to a listener. */
  static final class Heard implements TrustListener {
    final List<ClusterDocument> documents = new ArrayList<>();
    final List<Refused> refused = new ArrayList<>();
    final List<Refused> alarms = new ArrayList<>();

    @Override
    public void documentChanged(ClusterDocument document) {
      documents.add(document);
    }

    @Override
    public void refused(Refused why) {
      refused.add(why);
    }

    @Override
    public void alarm(Refused why) {
      alarms.add(why);
    }
  }

  TrustHome home(TrustFiles files) {
    return new TrustHome(files, setting);
  }

  TrustHome home() {
    return home(new MemoryTrustFiles());
  }

  ClusterTrust cluster(String node) throws Exception {
    return home().create("blue", node);
  }

  static CertificateAuthority authority(ClusterTrust holder) throws Exception {
    return holder.authority().orElseThrow();
  }

  static List<X509Certificate> chain(ClusterTrust node) {
    return List.of(node.keyManager().getCertificateChain(node.certificate().serial().toString(16)));
  }

  JoinToken token(ClusterTrust holder) throws Exception {
    return authority(holder).createToken(HOUR, "10.0.0.1:7777");
  }

  Joining joining(ClusterTrust holder, String name) throws Exception {
    return home().join(token(holder), name);
  }

  static JoinAnswer redeem(ClusterTrust holder, JoinRequest request) throws Exception {
    return new JoinService(authority(holder)).redeem(request);
  }

  ClusterTrust join(ClusterTrust holder, String name) throws Exception {
    return join(home(), holder, name);
  }

  ClusterTrust join(TrustHome home, ClusterTrust holder, String name) throws Exception {
    Joining joining = home.join(token(holder), name);
    return joining.complete(redeem(holder, joining.request(chain(holder))));
  }

  static void assertRefused(JoinAnswer answer, TrustCode code) {
    assertThat(answer).isInstanceOfSatisfying(Refused.class, no -> assertIs(no, code));
  }

  static void assertIs(Refused refused, TrustCode code) {
    assertThat(refused.code()).as(refused.toString()).isEqualTo(code);
    assertThat(refused.fact()).isNotBlank().doesNotEndWith(".");
    assertThat(refused.advice()).isNotBlank().doesNotEndWith(".");
  }

  static void assertRefused(ThrowingCallable call, TrustCode code) {
    TrustRefusedException refused = catchThrowableOfType(TrustRefusedException.class, call);
    assertThat(refused).as("nothing was refused").isNotNull();
    assertIs(refused.refused(), code);
  }

  static void assertDistrusted(Verdict verdict, TrustCode code) {
    assertThat(verdict)
        .isInstanceOfSatisfying(Verdict.Distrusted.class, no -> assertIs(no.refused(), code));
  }
}
