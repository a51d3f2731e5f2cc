package io.tharsis.replication.member;

import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Writes to the primary for as long as it lives: each block says which write it is of. */
final class SimWriter {

  private static final int MOST_WRITES = 8;
  private static final int MOST_CELLS = 16;

  private final Simulation simulation;
  private final SimReplicaNode primary;
  private final SimRandom random;
  private final Ledger ledger = new Ledger(SimReplicaNode.CELLS);
  private int flying;
  private boolean writing;
  private boolean hurried;
  private final PromiseOracle promises;

  SimWriter(Simulation simulation, SimReplicaNode primary, PromiseOracle promises) {
    this.promises = promises;
    this.simulation = simulation;
    this.primary = primary;
    this.random = simulation.random("writer");
  }

  Ledger ledger() {
    return ledger;
  }

  /** Whether it writes as much as it can. */
  void hurry(boolean now) {
    hurried = now;
  }

  void begin() {
    writing = true;
    flying = 0;
    writeLater();
  }

  void end() {
    writing = false;
  }

  boolean isQuiet() {
    return flying == 0;
  }

  private void writeLater() {
    int incarnation = primary.host().incarnation();
    simulation.schedule(
        Duration.ofNanos(1000 * random.between(100, 40_000)),
        "write",
        () -> {
          if (primary.host().incarnation() != incarnation || !writing) {
            return;
          }
          if (flying < MOST_WRITES) {
            primary.on(this::write);
          }
          writeLater();
        });
  }

  private Volume volume() {
    return primary.primary().orElseThrow().resource().volume(0);
  }

  private void write() {
    int most = hurried || random.chance(0.1) ? MOST_CELLS : 4;
    int cells = hurried ? most : 1 + random.below(most);
    int cell = random.below(SimReplicaNode.CELLS - cells + 1);
    long stamp = ledger.submitted(cell, cell + cells);
    ByteBuffer block = ByteBuffer.allocateDirect(cells * SimReplicaNode.CELL);
    while (block.hasRemaining()) {
      block.putLong(stamp);
    }
    flying++;
    int incarnation = primary.host().incarnation();
    long beganNanos = nowNanos();
    AtomicLong end = new AtomicLong();
    volume()
        .write(
            (long) cell * SimReplicaNode.CELL,
            block.flip(),
            false,
            completion(() -> {
              if (primary.host().incarnation() == incarnation) {
                flying--;
                ledger.acknowledged(stamp);
                answered(end.get(), beganNanos);
              }
            }));
    LoggedResource resource = primary.primary().orElseThrow().resource();
    if (resource.status().space().heldChanges() == 0) {
      end.set(resource.status().watermarks().appended());
    }
  }

  private long nowNanos() {
    return primary.host().clock().monotonicNanos();
  }

  /** Where the records of a write end that had to wait for room is not known. */
  private void answered(long endLsn, long beganNanos) {
    if (endLsn > 0) {
      Duration waited = Duration.ofNanos(nowNanos() - beganNanos);
      promises
          .objection(endLsn, waited, nowNanos())
          .ifPresent(words -> {
            throw new SimReplicas.Violation(words);
          });
    }
  }

  private static VolumeCompletion completion(Runnable success) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        success.run();
      }

      @Override
      public void failed(VolumeFault fault) {
        throw new AssertionError(fault.toString());
      }
    };
  }

  /** Reads the volume after a restart of the primary; says what is wrong with it. */
  Optional<String> restarted() {
    ByteBuffer into = ByteBuffer.allocateDirect((int) SimReplicaNode.VOLUME_BYTES);
    List<Boolean> done = new ArrayList<>();
    primary.on(() -> volume().read(0, into, completion(() -> done.add(true))));
    simulation.runUntil(() -> !done.isEmpty(), 1_000_000);
    return ledger.restarted(SimReplicaNode.stamps(into));
  }
}
