package io.tharsis.replication.node;

import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceState;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * An initiator: writes to the resource of a name wherever a node offers it, after it has read what
 * is there. Each cell says which write it is of.
 */
final class ScenarioWriter {

  private static final int MOST_WRITES = 8;
  private static final int MOST_CELLS = 16;

  private final ScenarioWorld world;
  private final String resource;
  private final SimRandom random;
  private Optional<Session> session = Optional.empty();
  private boolean writing = true;
  private boolean hurried;

  /** With one LUN, from its export to its end. */
  private final class Session {
    private final SimClusterNode node;
    private final LoggedResource lun;
    private final int incarnation;
    private Optional<ScenarioWorld.Life> life = Optional.empty();
    private boolean reading;
    private int flying;

    Session(SimClusterNode node, LoggedResource lun) {
      this.node = node;
      this.lun = lun;
      this.incarnation = node.host().incarnation();
    }

    boolean isAlive() {
      return node.host().incarnation() == incarnation;
    }

    void next() {
      if (life.isEmpty()) {
        if (!reading) {
          reading = true;
          lun.owner().execute(this::read);
        }
      } else if (writing && flying < MOST_WRITES) {
        lun.owner().execute(this::write);
      }
    }

    private boolean isServing() {
      return isAlive() && lun.status().state() instanceof ResourceState.Serving;
    }

    private void read() {
      if (!isServing()) {
        reading = false;
        return;
      }
      ByteBuffer into = ByteBuffer.allocateDirect((int) Cells.VOLUME_BYTES);
      lun.volume(0)
          .read(0, into, completion(() -> wasRead(Cells.stamps(into)), () -> reading = false));
    }

    private void wasRead(long[] content) {
      reading = false;
      if (isAlive()) {
        world.counts.restarts++;
        life = Optional.of(begun(content));
      }
    }

    private ScenarioWorld.Life begun(long[] content) {
      ScenarioWorld.Life known = world.lives.get(lun.id());
      if (known == null) {
        known = new ScenarioWorld.Life(node, new ScenarioLedger(content));
        world.lives.put(lun.id(), known);
      }
      ScenarioWorld.violatedIf(
          known.ledger.restarted(content).map(why -> resource + " at " + node.name() + ": " + why));
      return known;
    }

    private void write() {
      if (!isServing() || !writing) {
        return;
      }
      int most = hurried || random.chance(0.1) ? MOST_CELLS : 4;
      int cells = hurried ? most : 1 + random.below(most);
      int cell = random.below(Cells.COUNT - cells + 1);
      long stamp = world.nextStamp();
      ScenarioLedger ledger = life.orElseThrow().ledger;
      ledger.submitted(stamp, cell, cell + cells);
      world.counts.writes++;
      flying++;
      lun.volume(0)
          .write(
              (long) cell * Cells.BYTES,
              Cells.of(stamp, cells),
              false,
              completion(
                  () -> {
                    flying--;
                    ledger.acknowledged(stamp);
                  },
                  () -> {
                    flying--;
                    ledger.failed(stamp);
                  }));
    }
  }

  ScenarioWriter(ScenarioWorld world, String resource) {
    this.world = world;
    this.resource = resource;
    this.random = world.simulation.random("writer " + resource);
    later();
  }

  private static VolumeCompletion completion(Runnable success, Runnable failure) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        success.run();
      }

      @Override
      public void failed(VolumeFault fault) {
        failure.run();
      }
    };
  }

  /** Whether it writes as much as it can. */
  void hurry(boolean now) {
    hurried = now;
  }

  void write(boolean now) {
    writing = now;
  }

  boolean isQuiet() {
    return session.filter(Session::isAlive).filter(now -> now.flying > 0).isEmpty();
  }

  private void later() {
    long micros = random.between(100, hurried ? 40_000 : 300_000);
    world.simulation.schedule(
        Duration.ofNanos(1000 * micros),
        "write",
        () -> {
          look();
          session.filter(Session::isAlive).ifPresent(Session::next);
          later();
        });
  }

  /** Where the LUN is now. */
  private void look() {
    for (SimClusterNode node : world.nodes) {
      Optional<LoggedResource> lun =
          node.isUp() ? node.premises().exported(resource) : Optional.empty();
      if (lun.isPresent()) {
        if (session.filter(now -> now.lun == lun.get()).isEmpty()) {
          session = Optional.of(new Session(node, lun.get()));
        }
        return;
      }
    }
    session = Optional.empty();
  }
}
