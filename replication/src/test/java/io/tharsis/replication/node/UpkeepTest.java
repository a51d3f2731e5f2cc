package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A simulated cluster rotates logs and gives space back, as operators say. */
final class UpkeepTest {

  private static final String R = "web";
  private static final Command ROTATE = new Command.LogRotate(R);
  private static final Command DELETE = new Command.LogDelete(R);

  private final SimCluster cluster = new SimCluster(2, 2);
  private final SimClusterNode a = cluster.node(0);
  private final SimClusterNode b = cluster.node(1);

  private void made() {
    cluster.start();
    a.run(SimCluster.create(R));
    cluster.write(a, R, 1);
    cluster.until(() -> !b.view().resources().isEmpty());
    b.run(SimCluster.join(R));
    b.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
  }

  private void equal() {
    cluster.runFor(Duration.ofSeconds(3));
    a.run(SimCluster.wait(R, WaitState.REPLAYED));
    b.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(cluster.disk(b, R)).isEqualTo(cluster.disk(a, R));
  }

  private Outcome.Done done(SimClusterNode node, Command command) {
    return (Outcome.Done) node.run(command);
  }

  /** MARS's admin/logrotate: a loop of rotations during writes. */
  @Test
  void logfilesAreRotatedWhileTheyAreWrittenAndFetched() {
    made();
    for (int i = 0; i < 20; i++) {
      cluster.write(a, R, i);
      assertThat(done(a, ROTATE).changed()).isTrue();
      cluster.write(a, R, 40 + i);
    }
    equal();
    b.powerFail();
    cluster.write(a, R, 90);
    a.run(ROTATE);
    b.start();
    equal();
    a.kill();
    a.start();
    cluster.until(() -> a.premises().exported(R).isPresent());
    equal();
  }

  @Test
  void aLogfileThatHoldsNothingIsNotRotated() {
    made();
    cluster.write(a, R, 3);
    assertThat(done(a, ROTATE).changed()).isTrue();
    assertThat(done(a, ROTATE))
        .isEqualTo(Outcome.Done.already("the current logfile holds nothing yet"));
  }

  @Test
  void onlyThePrimaryRotates() {
    made();
    assertThat(b.refusal(ROTATE)).isEqualTo("not-primary");
    assertThat(b.refusal(new Command.LogRotate("nothing"))).isEqualTo("no-such-resource");
  }

  /** MARS's admin/logdelete: what a member needs stays, and who that is is said. */
  @Test
  void spaceIsGivenBackWhenNobodyNeedsItAnyMore() {
    made();
    b.run(new Command.Turn(R, SwitchVerb.PAUSE_FETCH));
    for (int i = 0; i < 4; i++) {
      cluster.write(a, R, i);
      a.run(ROTATE);
    }
    cluster.runFor(Duration.ofSeconds(2));
    Outcome.Done held = done(a, DELETE);
    assertThat(held.changed()).isFalse();
    assertThat(held.steps().getFirst()).startsWith("gave back 0 B; the log takes 48 MiB");
    assertThat(held.steps().getLast()).startsWith("b needs the log from LSN ");
    b.run(new Command.Turn(R, SwitchVerb.RESUME_FETCH));
    equal();
    Outcome.Done given = done(a, DELETE);
    assertThat(given.changed()).isTrue();
    assertThat(given.steps()).containsExactly("gave back 16 MiB; the log takes 32 MiB");
    assertThat(done(a, DELETE).changed()).isFalse();
    assertThat(done(b, DELETE).steps().getFirst()).endsWith("the log takes 32 MiB");
  }

  /** Rotations alone never make a member start from the beginning. */
  @Test
  void aRotationGivesNoMemberUp() {
    made();
    b.run(new Command.Turn(R, SwitchVerb.PAUSE_FETCH));
    for (int i = 0; i < 12; i++) {
      cluster.write(a, R, i);
      a.begin(ROTATE, Duration.ofSeconds(1));
      cluster.runFor(Duration.ofSeconds(2));
    }
    cluster.write(a, R, 80);
    b.run(new Command.Turn(R, SwitchVerb.RESUME_FETCH));
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(a.view().resources().getFirst().replicas().getLast().disk()).isEqualTo("UpToDate");
    equal();
  }
}
