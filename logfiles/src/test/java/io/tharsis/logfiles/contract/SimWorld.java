package io.tharsis.logfiles.contract;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The simulator as a world for the contract suite, and for tests of one simulated host. */
public final class SimWorld implements World {

  private static final long STEP_LIMIT = 1_000_000;

  private final Simulation simulation;
  private final SimHost host;

  /** A world with one host. */
  public SimWorld(long seed) {
    this.simulation = new Simulation(seed);
    this.host = simulation.host("host");
  }

  /** The run behind it. */
  public Simulation simulation() {
    return simulation;
  }

  /** The host in it. */
  public SimHost host() {
    return host;
  }

  @Override
  public Owner owner() {
    return host.owner();
  }

  @Override
  public Clock clock() {
    return host.clock();
  }

  @Override
  public Async<Disk> openSparse(String name, long sizeBytes) {
    return host.disk(name, sizeBytes).open(host.owner());
  }

  @Override
  public Async<Store> openStore() {
    return Async.of(host.directory("store").open(host.owner()));
  }

  @Override
  public <T> T await(Supplier<Async<T>> operation) throws IOException {
    List<Async<T>> started = new ArrayList<>();
    host.owner().execute(() -> started.add(operation.get()));
    simulation.runUntil(() -> !started.isEmpty() && started.getFirst().isDone(), STEP_LIMIT);
    Async<T> ended = started.getFirst();
    if (ended.failure().isPresent()) {
      throw ended.failure().get();
    }
    return ended.value();
  }

  @Override
  public void close() {
    simulation.runUntilIdle(STEP_LIMIT);
  }
}
