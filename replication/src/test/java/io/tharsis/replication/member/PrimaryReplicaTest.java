package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.simnet.SimNet;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LogMessage.FetchFrom;
import io.tharsis.replication.wire.LogMessage.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a primary keeps for a member that comes, says something, and begins anew. */
class PrimaryReplicaTest {

  private static final long MUCH = 1 << 20;

  private final Simulation simulation = new Simulation(12);
  private final SimReplicaNode node =
      new SimReplicaNode(simulation, new SimNet(simulation), "p", TestLog.LIMITS, Planting.NONE);
  private final PrimaryReplica replica;

  PrimaryReplicaTest() {
    node.startPrimary(Map.of(), new Silent());
    simulation.runUntil(() -> node.primary().isPresent(), 1_000_000);
    replica = node.primary().orElseThrow();
  }

  private static final class Silent implements PrimaryReplica.Listener {
    @Override
    public void sacrificed(UUID member, long neededLsn) {}

    @Override
    public void readmitted(UUID member, long neededLsn) {}

    @Override
    public void ahead(UUID member, long lsn) {}

    @Override
    public void progressed() {}
  }

  private void act(Runnable action) {
    node.on(action);
    simulation.runFor(Duration.ofMillis(200));
  }

  private ScriptedLink link() {
    Hello.Purpose purpose = Hello.Purpose.of(LinkClass.LOG, replica.resource().id());
    if (!(replica.accept(purpose) instanceof Acceptance.Accepted accepted)) {
      throw new AssertionError("not accepted");
    }
    ScriptedLink link = new ScriptedLink(LinkClass.LOG, accepted.handler());
    act(link::open);
    act(() -> link.say(new FetchFrom(Position.start(0), MUCH)));
    return link;
  }

  private long durable() {
    return replica.resource().readableLog().marks().durable();
  }

  @Test
  void whatAMemberHasIsNotKeptForIt() {
    act(() -> replica.admit(ScriptedLink.PEER));
    assertThat(replica.needed()).containsEntry(ScriptedLink.PEER, 0L);
    ScriptedLink link = link();
    act(() -> link.say(new Progress(durable(), 0, 0, true)));
    assertThat(replica.needed()).containsEntry(ScriptedLink.PEER, durable());
  }

  @Test
  void whatAMemberSaysOverAnOldLinkDoesNotCountWhenItBeginsAnew() {
    act(() -> replica.admit(ScriptedLink.PEER));
    ScriptedLink old = link();
    act(() -> replica.admitAnew(ScriptedLink.PEER));
    act(() -> old.say(new Progress(durable(), 0, 0, true)));
    assertThat(replica.needed()).containsEntry(ScriptedLink.PEER, 0L);
    assertThat(old.closed()).isPresent();
  }

  @Test
  void whatAMemberSaidBeforeItsLogWasKnownDoesNotCountWhenItBeginsAnew() {
    act(() -> replica.admit(ScriptedLink.PEER));
    Hello.Purpose purpose = Hello.Purpose.of(LinkClass.LOG, replica.resource().id());
    ScriptedLink old =
        new ScriptedLink(LinkClass.LOG, ((Acceptance.Accepted) replica.accept(purpose)).handler());
    act(() -> {
      old.open();
      old.say(new FetchFrom(Position.start(0), MUCH));
      old.say(new Progress(durable(), 0, 0, true));
      replica.admitAnew(ScriptedLink.PEER);
    });
    assertThat(replica.needed()).containsEntry(ScriptedLink.PEER, 0L);
  }
}
