package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.directory.Alarm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The CA is used on both sides of a line that is cut; what either side revoked stays so. */
final class ReunionTest {

  private SimCluster cluster = new SimCluster(1, 6);

  private SimClusterNode node(int index) {
    return cluster.node(index);
  }

  private SimClusterNode a() {
    return node(0);
  }

  private SimClusterNode b() {
    return node(1);
  }

  /** A member on a's side. */
  private SimClusterNode c() {
    return node(2);
  }

  /** Three nodes have died; a and c are cut off from b, to which the CA is brought. */
  private void cutInTwo(long seed) {
    cluster = new SimCluster(seed, 6);
    cluster.start();
    List.of(3, 4, 5).forEach(dead -> node(dead).kill());
    cluster.net().cut("a", "b");
    cluster.net().cut("c", "b");
    cluster.runFor(Duration.ofSeconds(30));
    b().takeAuthority();
    cluster.runFor(Duration.ofSeconds(1));
  }

  private void revoke(SimClusterNode at, int dead) {
    at.run(new Command.LeaveCluster(Optional.of(node(dead).name())));
  }

  private List<UUID> dead() {
    return List.of(3, 4, 5).stream().map(index -> node(index).id()).sorted().toList();
  }

  private boolean agree(List<SimClusterNode> nodes) {
    Trust.Signed here = nodes.getFirst().trust().document();
    return nodes.stream()
        .allMatch(one ->
            one.trust().apart().isEmpty()
                && one.trust().document().equals(here)
                && one.trust().revoked().equals(dead())
                && one.node()
                    .orElseThrow()
                    .directory()
                    .view()
                    .cluster()
                    .orElseThrow()
                    .content()
                    .equals(here.content()));
  }

  @ParameterizedTest
  @CsvSource({"1,2", "2,2", "3,2", "4,2", "1,1", "2,1", "3,1", "4,1"})
  void whatEitherSideRevokedStaysSo(long seed, int atA) {
    cutInTwo(seed);
    // with two of them both sides have come to one counter
    revoke(a(), 3);
    revoke(b(), 4);
    revoke(atA == 2 ? a() : b(), 5);
    cluster.runFor(Duration.ofSeconds(10));
    cluster.net().heal();
    List<SimClusterNode> all = List.of(a(), b(), c());
    cluster.until(() -> agree(all));
    SimClusterNode holder = a().trust().holder().equals(a().id()) ? a() : b();
    all.forEach(one -> {
      assertThat(one.trust().holdsAuthority()).isEqualTo(one == holder);
      assertThat(one.view().alarms()).isEmpty();
      assertThat(one.node().orElseThrow().directory().alarms())
          .noneMatch(Alarm.Nonsense.class::isInstance);
    });
    cluster.runFor(Duration.ofMinutes(1));
    assertThat(agree(all)).isTrue();
  }

  /** Who used the CA there is gone for ever; a member that has heard of it brings it over. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4"})
  void aRevocationOutlivesTheHolderThatMadeIt(long seed) {
    cutInTwo(seed);
    revoke(a(), 3);
    revoke(b(), 4);
    revoke(b(), 5);
    cluster.until(() -> c().trust().revoked().contains(node(3).id()));
    a().kill();
    c().kill();
    c().start();
    cluster.net().heal();
    cluster.until(() -> agree(List.of(b(), c())));
    assertThat(b().trust().holdsAuthority()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void whatIsNotTakenOverYetCountsAndIsShown(long seed) {
    cutInTwo(seed);
    revoke(a(), 3);
    revoke(b(), 4);
    revoke(b(), 5);
    cluster.net().heal();
    cluster.until(() -> !c().trust().apart().isEmpty());
    b().kill();
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(c().trust().revoked()).isEqualTo(dead());
    assertThat(c().view().alarms())
        .anyMatch(words -> words.contains("two places") && words.contains("ca-import"));
    assertThat(a().trust().holdsAuthority()).isFalse();
    b().start();
    cluster.until(() -> agree(List.of(a(), b(), c())));
    assertThat(c().view().alarms()).isEmpty();
  }
}
