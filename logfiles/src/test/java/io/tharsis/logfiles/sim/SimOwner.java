package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Owner;

/**
 * An owner of one incarnation of a host. Messages keep their order; messages of different owners
 * interleave by the seed. Once it is dead nothing that was posted to it runs any more.
 */
public final class SimOwner implements Owner {

  private final Simulation simulation;
  private final String name;
  private boolean alive = true;
  private boolean running;
  private long lastPostNanos;

  SimOwner(Simulation simulation, String name) {
    this.simulation = simulation;
    this.name = name;
  }

  /** Host, incarnation and purpose. */
  public String name() {
    return name;
  }

  /** Whether its host's incarnation still runs. */
  public boolean isAlive() {
    return alive;
  }

  void die() {
    alive = false;
  }

  @Override
  public void execute(Runnable message) {
    lastPostNanos = Math.max(lastPostNanos, simulation.nowNanos() + simulation.postJitterNanos());
    simulation.scheduleAt(lastPostNanos, name, this::isAlive, () -> run(message));
  }

  private void run(Runnable message) {
    running = true;
    try {
      message.run();
    } finally {
      running = false;
    }
  }

  @Override
  public boolean isCurrent() {
    return running;
  }
}
