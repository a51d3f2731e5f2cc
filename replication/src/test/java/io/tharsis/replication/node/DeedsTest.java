package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.control.WriteCacheMode;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node keeps of its memberships outlives failures of the directory it is kept in. */
final class DeedsTest {

  private static final String R = "web";
  private static final long STEPS = 1000;

  private final Simulation simulation = new Simulation(1);
  private final SimHost host = simulation.host("a");
  private final SimDirectory directory = host.directory("members");
  private Deeds deeds = opened();

  private Deeds opened() {
    return ended(() -> Deeds.open(directory.open(host.owner()))).value();
  }

  private <T> Async<T> ended(Supplier<Async<T>> operation) {
    Async<T> result = new Async<>();
    host.owner().execute(() -> operation.get().observe(result::succeed, result::fail));
    simulation.runUntil(result::isDone, STEPS);
    return result;
  }

  private void done(Supplier<Async<Void>> operation) {
    assertThat(ended(operation).failure()).isEmpty();
  }

  private void afterPowerFailure(Deed... expected) {
    host.powerFail();
    deeds = opened();
    assertThat(deeds.remarks()).isEmpty();
    assertThat(deeds.all()).containsExactly(expected);
  }

  private static Deed deed(long membership) {
    return Deed.joining(
        R,
        new UUID(1, 1),
        new UUID(2, membership),
        new Deed.Holding("/disk", OptionalLong.of(1 << 20), WriteCacheMode.DURABLE));
  }

  private void notRemoved(Fault fault) {
    done(() -> deeds.put(deed(1)));
    directory.faults().next(fault);
    assertThat(ended(() -> deeds.remove(R)).failure()).isPresent();
    assertThat(directory.faults().happened(fault)).isEqualTo(1);
    assertThat(deeds.keeps(R)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LIST_ERROR", "DELETE_ERROR", "DIRECTORY_SYNC_ERROR"})
  void whatCouldNotBeRemovedIsPutAgain(Fault fault) {
    notRemoved(fault);
    done(() -> deeds.put(deed(2)));
    assertThat(deeds.keeps(R)).isTrue();
    afterPowerFailure(deed(2));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LIST_ERROR", "DELETE_ERROR", "DIRECTORY_SYNC_ERROR"})
  void whatCouldNotBeRemovedIsRemovedLater(Fault fault) {
    notRemoved(fault);
    done(() -> deeds.remove(R));
    afterPowerFailure();
    done(() -> deeds.put(deed(2)));
    afterPowerFailure(deed(2));
  }

  @Test
  void whatWasRemovedIsMadeAnew() {
    done(() -> deeds.put(deed(1)));
    done(() -> deeds.remove(R));
    done(() -> deeds.put(deed(2)));
    afterPowerFailure(deed(2));
  }

  /** The file may be found there before its name is durable. */
  @Test
  void whatIsFoundAfterAKillOutlivesAPowerFailure() {
    boolean found = false;
    for (int steps = 0; !found; steps++) {
      host.owner().execute(() -> deeds.put(deed(1)).observe(done -> {}, cause -> {}));
      simulation.runSteps(steps);
      host.kill();
      deeds = opened();
      found = deeds.keeps(R);
    }
    done(() -> deeds.put(deed(2)));
    afterPowerFailure(deed(2));
  }

  @Test
  void whatIsToBeTakenOutOfTheLogIsKept() {
    Deed rewinding = deed(1).rewinding(new Fork(new UUID(3, 4), 12_288));
    done(() -> deeds.put(rewinding));
    afterPowerFailure(rewinding);
    assertThat(deeds.all().iterator().next().rewinding())
        .contains(new Fork(new UUID(3, 4), 12_288));
  }
}
