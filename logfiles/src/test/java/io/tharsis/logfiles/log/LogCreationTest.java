package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A resource is created wholly or not at all. */
final class LogCreationTest {

  @Test
  void everythingTheLogWillEverNeedIsThere() throws IOException {
    SimLog sim = new SimLog(23);
    sim.open();
    assertThat(sim.directory().durableFiles())
        .contains("checkpoint", "poison", "summaries-a", "summaries-b", SimLog.logfile(1));
    assertThat(sim.directory().durableFiles().stream().filter(LogCandidates::isOurs)).hasSize(4);
  }

  /** Crashed at every event by turns of kill and power failure, then finished. */
  @Test
  void aCrashAtAnyEventLeavesNothingOrAWholeResource() throws IOException {
    SimLog whole = new SimLog(23);
    whole.open();
    long events = whole.world.simulation().steps();
    assertThat(events).isGreaterThan(30);
    for (long at = 1; at <= events; at++) {
      for (boolean power : new boolean[] {false, true}) {
        SimLog sim = new SimLog(23 + at);
        TestLog.begin(sim.world, sim.seams(), TestLog.config(sim.limits, false));
        sim.world.simulation().runSteps(at);
        if (power) {
          sim.world.host().powerFail();
        } else {
          sim.kill();
        }
        TestLog log = sim.open();
        long lsn = log.write(0, 4096);
        assertThat(sim.directory().files().stream().filter(LogCandidates::isOurs))
            .as("crash after event %d", at)
            .hasSize(4);
        sim.powerFail();
        sim.recover();
        assertThat(sim.found).containsExactly(lsn);
      }
    }
  }

  @Test
  void withoutSpaceNothingIsCreatedAndLaterItIs() throws IOException {
    SimLog sim = new SimLog(23);
    sim.world.host().space().limit(20 << 20);
    assertThatThrownBy(sim::open).hasMessageContaining("No space left");
    sim.kill();
    sim.world.host().space().limit(1 << 30);
    assertThat(sim.open().write(0, 512)).isPositive();
  }

  @Test
  void anErrorOfTheHostIsNotTheEnd() throws IOException {
    for (Fault fault :
        new Fault[] {Fault.CREATE_ERROR, Fault.DIRECTORY_SYNC_ERROR, Fault.LIST_ERROR}) {
      SimLog sim = new SimLog(23);
      sim.directory().faults().next(fault);
      assertThatThrownBy(sim::open).hasMessageContaining("Input/output error");
      sim.kill();
      assertThat(sim.open().write(0, 512)).isPositive();
    }
  }

  @Test
  void logfilesWithoutACheckpointAreNotOverwritten() throws IOException {
    SimLog sim = new SimLog(23);
    sim.open().write(0, 512);
    sim.powerFail();
    sim.delete(CheckpointFile.NAME);
    assertThatThrownBy(sim::open)
        .isInstanceOf(LogDamage.class)
        .hasMessageContaining("CHECKPOINT_DAMAGED");
    assertThat(sim.directory().files()).contains(SimLog.logfile(1));
  }

  @Test
  void foreignFilesAreLeftAlone() throws IOException {
    SimLog sim = new SimLog(23);
    Store store = sim.store();
    sim.world.await(() -> store.create("README", 100).then(disk -> disk.close()));
    sim.open();
    assertThat(sim.directory().files()).contains("README");
  }
}
