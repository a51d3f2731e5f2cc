package io.tharsis.replication.remote;

import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Initiators that reach the volume over every node: each block has one writer at a time, which
 * writes it again over any path as soon as it knows the end of the write before. They abort, and
 * lose their nexus; after the death of a node they wait as long as what it had sent may live.
 */
final class SimInitiator {

  private static final int MOST_IN_FLIGHT = 32;

  /** Blocks that anybody writes at any time; of the others each has one writer at a time. */
  private static final int SHARED = 3;

  private static final Duration DEAD = Duration.ofMillis(2_700);

  /** No operation takes longer, whatever happens but the death of its node. */
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final Simulation simulation;
  private final List<RemoteNode> nodes;
  private final RemotePlanting planting;
  private final SimRandom random;
  private final BlockHistory[] blocks = new BlockHistory[RemoteNode.CELLS];
  private final SharedBlock[] shared = new SharedBlock[SHARED];
  private final Set<Io> inFlight = new LinkedHashSet<>();
  private Optional<String> failure = Optional.empty();
  private long stamps;
  private boolean active = true;
  private int ended;
  private int aborted;
  private int unknown;

  SimInitiator(Simulation simulation, List<RemoteNode> nodes, RemotePlanting planting) {
    this.simulation = simulation;
    this.nodes = nodes;
    this.planting = planting;
    this.random = simulation.random("initiators");
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new BlockHistory();
    }
    for (int i = 0; i < shared.length; i++) {
      shared[i] = new SharedBlock();
    }
  }

  Optional<String> failure() {
    return failure;
  }

  boolean isQuiet() {
    return inFlight.isEmpty();
  }

  String counts() {
    return ended + " ended, " + aborted + " aborts, " + unknown + " of unknown end";
  }

  void stop() {
    active = false;
  }

  void begin() {
    simulation.schedule(
        Duration.ofNanos(1000 * random.between(200, 30_000)),
        "initiator",
        () -> {
          if (active) {
            act();
            begin();
          }
        });
  }

  private void act() {
    for (Io io : inFlight) {
      if (io.isTooLong()) {
        throw new RemoteViolation("no end: " + io);
      }
    }
    RemoteNode node = nodes.get(random.below(nodes.size()));
    if (random.chance(0.02)) {
      abort(node, random.chance(0.5));
    }
    while (node.isAlive() && inFlight.size() < MOST_IN_FLIGHT && random.chance(0.7)) {
      RemoteNode over = nodes.get(random.below(nodes.size()));
      if (over.isAlive()) {
        new Io(over, random.below(SHARED), 1, random.chance(0.3)).start();
      }
    }
    if (node.isAlive() && inFlight.size() < MOST_IN_FLIGHT) {
      int most = random.chance(0.05) ? 100 : 4;
      int count = 1 + random.below(most);
      // few blocks, written often
      int from = SHARED + random.below(count > 4 ? RemoteNode.CELLS - count - SHARED : 16);
      start(node, from, count, random.chance(0.5));
    }
  }

  /** Task management, or the loss of the nexus; one operation or all of them. */
  private void abort(RemoteNode node, boolean all) {
    for (Io io : List.copyOf(inFlight)) {
      if (io.node == node && !io.dead && (all || random.chance(0.3))) {
        aborted++;
        io.abort();
      }
    }
  }

  /** Everything has ended: there must be an order of all that was done. */
  void check() {
    for (SharedBlock block : shared) {
      block.check();
    }
  }

  /** Reads every block over every node that lives. */
  void readAll() {
    for (RemoteNode node : nodes) {
      for (int from = 0; from < RemoteNode.CELLS; from += 64) {
        start(node, from, 64, false);
      }
    }
  }

  private void start(RemoteNode node, int from, int count, boolean write) {
    boolean busy = false;
    for (int cell = from; cell < from + count; cell++) {
      busy |= blocks[cell].isWriting();
    }
    if (!write || !busy) {
      new Io(node, from, count, write).start();
    }
  }

  /** The process of a node has died, with everything it had. */
  void died(RemoteNode node) {
    for (Io io : List.copyOf(inFlight)) {
      if (io.node == node) {
        io.dead = true;
        simulation.schedule(DEAD, "initiator", () -> io.end(BlockHistory.Effect.UNKNOWN));
      }
    }
  }

  private final class Io implements VolumeCompletion {
    private final RemoteNode node;
    private final int from;
    private final int count;
    private final boolean write;
    private final long stamp;
    private final ByteBuffer data;
    private final long begunNanos = simulation.nowNanos();
    private Ticket ticket = () -> false;
    private boolean dead;
    private boolean over;
    private boolean aborting;

    Io(RemoteNode node, int from, int count, boolean write) {
      this.node = node;
      this.from = from;
      this.count = count;
      this.write = write;
      this.stamp = write ? ++stamps : 0;
      this.data = ByteBuffer.allocateDirect(count * RemoteNode.CELL);
    }

    @Override
    public String toString() {
      return "%s of %d cells at %d, stamp %d over %s%s"
          .formatted(
              write ? "write" : "read",
              count,
              from,
              stamp,
              node.name(),
              aborting ? ", aborted" : "");
    }

    boolean isTooLong() {
      return !dead && simulation.nowNanos() - begunNanos > LONGEST.toNanos();
    }

    void start() {
      inFlight.add(this);
      if (write) {
        while (data.hasRemaining()) {
          data.putLong(stamp);
        }
        data.flip();
        for (int cell = from; cell < from + count; cell++) {
          if (cell < SHARED) {
            shared[cell].begins(stamp, begunNanos);
          } else {
            blocks[cell].begins(stamp, begunNanos);
          }
        }
      }
      node.host().owner().execute(this::hand);
    }

    private void hand() {
      if (aborting) {
        end(BlockHistory.Effect.NONE);
        return;
      }
      Volume volume = node.front().volumes().getFirst();
      long offset = (long) from * RemoteNode.CELL;
      if (write) {
        ticket = planting.ticket(volume.write(offset, data, random.chance(0.1), this));
      } else {
        volume.read(offset, data, this);
      }
    }

    void abort() {
      if (aborting) {
        return;
      }
      aborting = true;
      node.host()
          .owner()
          .execute(() -> {
            boolean back =
                write ? ticket.cancel() : node.front().volumes().getFirst().withdraw(this);
            if (!over && back) {
              end(BlockHistory.Effect.NONE);
            }
          });
    }

    @Override
    public void succeeded() {
      if (!write && !over) {
        for (int cell = 0; cell < count; cell++) {
          check(cell);
        }
      }
      end(BlockHistory.Effect.SURE);
    }

    private void check(int cell) {
      long value = data.getLong(cell * RemoteNode.CELL);
      for (int at = 0; at < RemoteNode.CELL; at += Long.BYTES) {
        if (data.getLong(cell * RemoteNode.CELL + at) != value) {
          throw new RemoteViolation("cell " + (from + cell) + " is torn");
        }
      }
      try {
        if (from + cell < SHARED) {
          shared[from + cell].read(value, begunNanos, simulation.nowNanos());
        } else {
          blocks[from + cell].read(value, begunNanos, simulation.nowNanos());
        }
      } catch (RemoteViolation violation) {
        throw new RemoteViolation(
            "cell " + (from + cell) + ", " + this + ": " + violation.getMessage());
      }
    }

    @Override
    public void failed(VolumeFault fault) {
      switch (fault) {
        case TRANSITIONING, UNAVAILABLE, NOT_READY -> end(BlockHistory.Effect.NONE);
        case INTERRUPTED -> end(BlockHistory.Effect.UNKNOWN);
        case READ_FAILED, LOG_STOPPED, SPACE_EXHAUSTED, MOVED ->
            throw new RemoteViolation(this + " failed: " + fault);
      }
    }

    private void end(BlockHistory.Effect effect) {
      if (over) {
        if (dead || planting.mayEndTwice()) {
          return;
        }
        throw new RemoteViolation("ended twice: " + this);
      }
      over = true;
      ended++;
      unknown += write && effect == BlockHistory.Effect.UNKNOWN ? 1 : 0;
      inFlight.remove(this);
      if (write) {
        for (int cell = from; cell < from + count; cell++) {
          if (cell < SHARED) {
            shared[cell].ended(stamp, effect, simulation.nowNanos());
          } else {
            blocks[cell].ended(effect, simulation.nowNanos());
          }
        }
      }
    }
  }
}
