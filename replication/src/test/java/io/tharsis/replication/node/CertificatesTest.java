package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.link.LinkEvent;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Certificates of simulated nodes are renewed before they end; what ends takes its links along. */
final class CertificatesTest extends OnThreeNodes {

  private static final SimTrust.Lives SHORT =
      new SimTrust.Lives(Duration.ofMinutes(10), Duration.ofMinutes(4));

  private void startWithShortLives() {
    cluster.nodes().forEach(node -> node.trust().lives(SHORT));
    cluster.start();
  }

  private static BigInteger serial(SimClusterNode node) {
    return node.trust().paper().serial();
  }

  private static boolean linked(SimClusterNode node, String to) {
    return node.view().nodes().stream()
        .filter(one -> one.name().equals(to))
        .allMatch(NodeView::linked);
  }

  @Test
  void everyNodeRenewsInTimeTheOneWithTheCaToo() {
    startWithShortLives();
    cluster.runFor(Duration.ofMinutes(3));
    cluster.nodes().forEach(node -> assertThat(serial(node)).isEqualTo(BigInteger.ONE));
    cluster.runFor(Duration.ofMinutes(2));
    cluster.nodes().forEach(node -> assertThat(serial(node)).isEqualTo(BigInteger.TWO));
    cluster.runFor(Duration.ofHours(1));
    assertThat(serial(b()).intValue()).isGreaterThan(10);
    cluster.nodes().forEach(node -> assertThat(node.view().alarms()).isEmpty());
    assertThat(linked(b(), "a")).isTrue();
  }

  @Test
  void linksAreOpenedAnewLongBeforeTheirCertificateEnds() {
    startWithShortLives();
    cluster.runFor(Duration.ofMinutes(6));
    assertThat(a().count(LinkEvent.RENEWED) + b().count(LinkEvent.RENEWED)).isZero();
    cluster.runFor(Duration.ofHours(1));
    cluster
        .nodes()
        .forEach(node -> {
          assertThat(node.count(LinkEvent.RENEWED)).isGreaterThan(3);
          assertThat(node.count(LinkEvent.EXPIRED)).isZero();
        });
  }

  @Test
  void whileTheCaIsAwayItIsTriedAgain() {
    startWithShortLives();
    a().kill();
    cluster.runFor(Duration.ofMinutes(6));
    assertThat(serial(b())).isEqualTo(BigInteger.ONE);
    assertThat(b().view().alarms()).isEmpty();
    cluster.runFor(Duration.ofMinutes(3));
    assertThat(b().view().alarms())
        .anyMatch(words -> words.contains("certificate") && words.contains("node a"));
    a().start();
    cluster.runFor(Duration.ofSeconds(40));
    assertThat(serial(b())).isEqualTo(BigInteger.TWO);
    assertThat(b().view().alarms()).isEmpty();
  }

  @Test
  void whereTheNextOneIsOldAtOnceItIsNotAskedForAllTheTime() {
    b().trust().lives(new SimTrust.Lives(Duration.ofMinutes(10), Duration.ZERO));
    cluster.start();
    cluster.runFor(Duration.ofHours(1));
    assertThat(serial(b()).intValue()).isBetween(2, 20);
  }

  @Test
  void aNodeThatIsKilledWhileItRenewsRenewsLater() {
    startWithShortLives();
    cluster.runFor(Duration.ofSeconds(200));
    for (int i = 0; i < 40; i++) {
      cluster.runFor(Duration.ofSeconds(2));
      b().kill();
      b().start();
    }
    cluster.runFor(Duration.ofSeconds(30));
    assertThat(serial(b())).isEqualTo(BigInteger.TWO);
    cluster.until(() -> linked(b(), "c"));
  }

  @Test
  void aRevokedNodeIsRefusedTheNextCertificate() {
    startWithShortLives();
    assertThat(a().await(() -> a().trust().revoke(b().id())).counter()).isEqualTo(2);
    cluster.runFor(Duration.ofMinutes(5));
    assertThat(serial(b())).isEqualTo(BigInteger.ONE);
    assertThat(serial(c())).isEqualTo(BigInteger.TWO);
  }

  @Test
  void linksEndWithTheCertificateAndComeBackWithAnother() {
    b().trust().lives(new SimTrust.Lives(Duration.ofMinutes(2), Duration.ofDays(1)));
    cluster.start();
    cluster.runFor(Duration.ofSeconds(110));
    assertThat(linked(b(), "a")).isTrue();
    Instant end = b().trust().paper().until();
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(linked(a(), "b")).as("after " + end).isFalse();
    assertThat(linked(c(), "b")).isFalse();
    assertThat(linked(a(), "c")).isTrue();
    assertThat(a().count(LinkEvent.EXPIRED) + b().count(LinkEvent.EXPIRED)).isPositive();
    b().trust().lives(SimTrust.LONG);
    cluster.until(() -> linked(b(), "a") && linked(b(), "c"));
  }

  @Test
  void aLostCaStopsJoinsAndRevocationsAndNothingElse() {
    cluster.start();
    b().run(SimCluster.create("web"));
    a().kill();
    cluster.runFor(Duration.ofSeconds(20));
    c().run(SimCluster.join("web"));
    cluster.write(b(), "web", 1);
    b().run(SimCluster.wait("web", WaitState.REPLAYED));
    c().run(SimCluster.wait("web", WaitState.UP_TO_DATE));
    c().run(new Command.LeaveResource("web", Optional.empty(), false));
    b().run(new Command.DeleteResource("web", false, false));
    assertThat(c().refusal(new Command.LeaveCluster(Optional.empty())))
        .isEqualTo("node-unreachable");
    assertThat(c().view().nodes()).hasSize(3);
  }

  @Test
  void theNodeThatTakesTheCaIsTheOneToAsk() {
    startWithShortLives();
    a().kill();
    c().takeAuthority();
    cluster.runFor(Duration.ofMinutes(5));
    assertThat(serial(b())).isEqualTo(BigInteger.TWO);
    assertThat(serial(c())).isEqualTo(BigInteger.TWO);
    assertThat(b().trust().holder()).isEqualTo(c().id());
    a().start();
    cluster.until(() -> !a().trust().holdsAuthority());
    cluster.until(() -> serial(a()).equals(BigInteger.TWO));
    assertThat(a().refusal(new Command.LeaveCluster(Optional.of("b")))).isEqualTo("node-alive");
    b().kill();
    cluster.runFor(Duration.ofSeconds(15));
    a().run(new Command.LeaveCluster(Optional.of("b")));
    cluster.until(() -> a().trust().revoked().contains(b().id()));
  }
}
