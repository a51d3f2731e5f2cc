package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tharsis.it.cluster.Lab.Line;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What happens to three nodes that have a network of their own each, whose lines are cut and made
 * slow. Where the nodes live is said by the classes that extend this one. Where there can be no
 * such place, they say so, and are skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
abstract class SeparateHosts {

  private static final String R = "r";

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private Optional<Lab> lab = Optional.empty();
  private Optional<TestCluster> made = Optional.empty();
  private TestCluster cluster;
  private IscsiUrl lun;
  private long seed;
  private int begun;
  private int passed;

  /** Why there is no such place here; empty where there is. */
  abstract Optional<String> hindrance() throws IOException;

  /** Makes the places. */
  abstract Lab make() throws IOException;

  @BeforeAll
  void start() throws IOException {
    String name = getClass().getSimpleName();
    Optional<String> hindrance = hindrance();
    hindrance.ifPresent(why -> System.out.println(name + " IS SKIPPED: " + why));
    assumeTrue(hindrance.isEmpty(), () -> hindrance.orElse(""));
    Lab places = make();
    lab = Optional.of(places);
    cluster = TestCluster.make(name.toLowerCase(Locale.ROOT), places.places(), "256MiB");
    made = Optional.of(cluster);
    lun = cluster.create(R, "32MiB");
    cluster.awaitEqual(R);
  }

  @AfterAll
  void end() throws IOException {
    if (made.isPresent() && passed == begun) {
      cluster.end();
    } else if (made.isPresent()) {
      cluster.close();
    }
    if (lab.isPresent()) {
      lab.get().close();
    }
  }

  private Lab network() {
    begun++;
    return lab.orElseThrow();
  }

  private ClusterLoad load() {
    return ClusterLoad.begin(lun, ledger, ++seed);
  }

  private void passes() throws IOException {
    cluster.awaitEqual(R);
    ClusterLoad.verify(lun, ledger);
    cluster.verify(R);
    passed++;
  }

  @Test
  @DisplayName("stabil/net_failure/connection_cut: a line is cut under load, briefly")
  void shortCut() throws IOException {
    Lab network = network();
    ClusterLoad load = load();
    load.awaitWrites(200);
    network.cut(Line.BETA);
    load.awaitWrites(300);
    network.heal(Line.BETA);
    load.awaitWrites(200);
    load.stop();
    passes();
  }

  @Test
  @DisplayName("stabil/net_failure/connection_cut: all lines to secondaries, until it is noticed")
  void longCut() throws IOException {
    Lab network = network();
    ClusterLoad load = load();
    load.awaitWrites(200);
    network.cut(Line.BETA);
    network.cut(Line.GAMMA);
    load.awaitWrites(300);
    cluster.beta().awaitShown(R, "PrimaryUnreachable");
    load.awaitWrites(300);
    network.heal(Line.BETA);
    network.heal(Line.GAMMA);
    load.awaitWrites(200);
    load.stop();
    passes();
  }

  @Test
  @DisplayName("admin/leave_resource_while_sync/cut_network")
  void leaveResourceWhileSync() throws IOException {
    Lab network = network();
    TestNode beta = cluster.beta();
    beta.tell("pause-sync", R);
    beta.tell("invalidate", R);
    beta.awaitShown(R, "PausedSync");
    network.cut(Line.BETA);
    beta.tell("resume-sync", R);
    beta.tell("leave-resource", R);
    assertThat(beta.log(R)).doesNotExist();
    network.heal(Line.BETA);
    beta.awaitLink(cluster.alpha());
    cluster.alpha().awaitNoReplica(R, beta);
    cluster.join(beta, R);
    passes();
  }

  @Test
  @DisplayName("a slow line slows its secondary and nobody else")
  void slowLine() throws IOException {
    Lab network = network();
    if (!SlowLine.begin(network.outside(Line.BETA), "4mbit")) {
      System.out.println(getClass().getSimpleName() + ": THIS KERNEL MAKES NO LINE SLOW (no tbf)");
      passed++;
      return;
    }
    ClusterLoad load = load();
    load.awaitWrites(1_000);
    load.stop();
    cluster.beta().awaitShown(R, "OutDated[F");
    cluster.gamma().tell("wait-resource", R, "uptodate");
    cluster.beta().awaitShown(R, "OutDated[F");
    SlowLine.end(network.outside(Line.BETA));
    passes();
  }

  @Test
  @DisplayName("a node is killed, and comes back to a line that is cut")
  void killedNode() throws IOException {
    Lab network = network();
    ClusterLoad load = load();
    load.awaitWrites(200);
    cluster.gamma().kill();
    network.cut(Line.GAMMA);
    load.awaitWrites(300);
    cluster.gamma().restart();
    load.awaitWrites(100);
    network.heal(Line.GAMMA);
    load.awaitWrites(200);
    load.stop();
    passes();
  }
}
