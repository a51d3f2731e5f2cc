package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.remote.Front;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * An initiator with two paths: writes to the resource of a name through the nodes that offer it,
 * after it has read what is there, and repeats over the other path what has failed. Each cell says
 * which write it is of.
 */
final class ScenarioWriter {

  private static final int MOST_WRITES = 8;
  private static final int MOST_CELLS = 16;
  private static final int PATHS = 2;
  private static final int MOST_ATTEMPTS = 6;

  /** How likely it is, at each event while a role is about to move, that something is begun. */
  private static final double NUDGES = 0.05;

  /** A node that is dead may have forwarded something that a primary takes for so long. */
  private static final long GHOST_NANOS = 3_000_000_000L;

  /** Then it is taken back, if it can be. */
  private static final long TIMEOUT_NANOS = 15_000_000_000L;

  /** So soon nobody is served by a node whose log may be a branch. */
  private static final long REFUSING_NANOS = 1_000_000_000L;

  private final ScenarioWorld world;
  private final ScenarioOperator operator;
  private final String resource;
  private final SimRandom random;
  private final List<String> paths = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private Optional<UUID> id = Optional.empty();
  private Optional<ScenarioWorld.Life> life = Optional.empty();
  private boolean writing = true;
  private boolean hurried;
  private boolean doubting = true;
  private int terms;

  /** One command, from its first attempt to its end. */
  private final class Op {
    private final long stamp;
    private final int from;
    private final int to;
    private final int attempts = 1 + random.below(MOST_ATTEMPTS);
    private int attempt;
    private SimClusterNode node;
    private int incarnation;
    private boolean under;
    private long begunNanos = now();
    private long attemptNanos;
    private long restNanos;
    private Optional<Ticket> ticket = Optional.empty();
    private ByteBuffer into = ByteBuffer.allocate(0);

    Op(long stamp, int from, int to) {
      this.stamp = stamp;
      this.from = from;
      this.to = to;
    }

    boolean isRead() {
      return stamp == 0;
    }

    boolean isWhole() {
      return isRead() && from == 0 && to == Cells.COUNT;
    }

    boolean touches(int least, int most) {
      return from < most && least < to;
    }

    void begin(SimClusterNode through, Front front) {
      attempt++;
      node = through;
      incarnation = through.host().incarnation();
      under = true;
      attemptNanos = now();
      int mine = attempt;
      Volume volume = front.volumes().getFirst();
      through
          .host()
          .owner("resource " + resource)
          .execute(() -> {
            long offset = (long) from * Cells.BYTES;
            if (isRead()) {
              into = ByteBuffer.allocateDirect((to - from) * Cells.BYTES);
              volume.read(offset, into, completion(this, mine));
            } else {
              ticket =
                  Optional.of(
                      volume.write(
                          offset,
                          Cells.of(stamp, to - from),
                          random.chance(0.1),
                          completion(this, mine)));
            }
          });
    }

    /** Looked at again and again while it is not over. */
    void look() {
      if (!under) {
        if (now() >= restNanos) {
          again();
        }
      } else if (node.host().incarnation() != incarnation) {
        under = false;
        ticket = Optional.empty();
        restNanos = now() + GHOST_NANOS;
      } else if (now() - attemptNanos > TIMEOUT_NANOS && ticket.isPresent()) {
        takeBack();
      }
    }

    private void takeBack() {
      Ticket taken = ticket.get();
      ticket = Optional.empty();
      int mine = attempt;
      node.host()
          .owner("resource " + resource)
          .execute(() -> {
            if (under && attempt == mine && taken.cancel()) {
              under = false;
              restNanos = now();
            }
          });
    }

    private void again() {
      if (attempt >= attempts && !isWhole()) {
        world.counts.givenUp++;
        ops.remove(this);
        return;
      }
      if (isWhole() && !writing && attempt >= MOST_ATTEMPTS) {
        ops.remove(this);
        return;
      }
      path(Optional.of(node.name()))
          .ifPresentOrElse(
              other -> begin(other, other.premises().front(resource).orElseThrow()),
              () -> {
                attempt++;
                restNanos = now() + GHOST_NANOS;
              });
    }

    void failed(VolumeFault fault) {
      world.counts.faults++;
      if (fault == VolumeFault.MOVED) {
        throw new Violation(resource + " at " + node.name() + " tells an initiator " + fault);
      }
      under = false;
      ticket = Optional.empty();
      restNanos = now() + 1000L * random.between(1000, 400_000);
    }
  }

  ScenarioWriter(ScenarioWorld world, ScenarioOperator operator, String resource) {
    this.world = world;
    this.operator = operator;
    this.resource = resource;
    this.random = world.simulation.random("writer " + resource);
    later();
  }

  private long now() {
    return world.simulation.nowNanos();
  }

  private VolumeCompletion completion(Op op, int attempt) {
    return new VolumeCompletion() {
      private boolean isCurrent() {
        return op.under
            && op.attempt == attempt
            && op.node.host().incarnation() == op.incarnation
            && ops.contains(op);
      }

      @Override
      public void succeeded() {
        if (isCurrent()) {
          ops.remove(op);
          done(op);
        }
      }

      @Override
      public void failed(VolumeFault fault) {
        if (isCurrent()) {
          op.failed(fault);
        }
      }
    };
  }

  private void done(Op op) {
    Long ousted = world.oustedNanos.get(ScenarioOperator.place(op.node, resource));
    if (ousted != null && op.attemptNanos - ousted > REFUSING_NANOS) {
      throw new Violation(
          resource + " through " + op.node.name() + ": served, and what it has may be a branch");
    }
    if (op.isWhole()) {
      wasRead(op);
    } else if (op.isRead()) {
      world.counts.reads++;
      ScenarioWorld.violatedIf(
          life.orElseThrow()
              .ledger
              .misread(op.from, stamps(op))
              .map(why -> resource + " through " + op.node.name() + ": " + why));
    } else {
      ScenarioWorld.Life now = life.orElseThrow();
      List<ScenarioLedger.Proof> proofs =
          now.servedSince(op.begunNanos).stream()
              .map(term -> new ScenarioLedger.Proof(term.lineage, term.durableLsn()))
              .toList();
      if (proofs.isEmpty()) {
        throw new Violation(
            resource + " is written through " + op.node.name() + ", and nobody serves");
      }
      now.ledger.acknowledged(op.stamp, world.nextStamp(), proofs);
    }
  }

  private static long[] stamps(Op op) {
    ByteBuffer whole = ByteBuffer.allocate((int) Cells.VOLUME_BYTES);
    whole.put(op.into.clear()).clear();
    long[] stamps = new long[op.to - op.from];
    System.arraycopy(Cells.stamps(whole), 0, stamps, 0, stamps.length);
    return stamps;
  }

  private void wasRead(Op op) {
    world.counts.wholeReads++;
    long[] content = Cells.stamps(op.into.clear());
    if (life.isEmpty()) {
      world.counts.restarts++;
      life = Optional.of(new ScenarioWorld.Life(new ScenarioLedger(content)));
      world.lives.put(id.orElseThrow(), life.get());
    }
    List<ScenarioWorld.Term> readers = life.get().servedSince(op.attemptNanos);
    Optional<Lineage> lineage =
        readers.size() == 1 ? Optional.of(readers.getFirst().lineage) : Optional.empty();
    ScenarioWorld.violatedIf(
        life.get()
            .ledger
            .objection(content, lineage, Long.MAX_VALUE)
            .map(why -> resource + " through " + op.node.name() + ": " + why));
    doubting = false;
    terms = life.get().terms.size();
  }

  /** Whether it writes as much as it can. */
  void hurry(boolean now) {
    hurried = now;
  }

  /** Something is about to happen in which writes count. */
  void nudge() {
    if (operator.isMoving(resource) && random.chance(NUDGES)) {
      next();
    }
  }

  void write(boolean now) {
    writing = now;
  }

  boolean isQuiet() {
    return ops.isEmpty();
  }

  private void later() {
    long micros = random.between(100, hurried ? 40_000 : 300_000);
    world.simulation.schedule(
        Duration.ofNanos(1000 * micros),
        "write",
        () -> {
          List.copyOf(ops).forEach(Op::look);
          next();
          later();
        });
  }

  // ---- what next ----

  private void next() {
    if (!writing) {
      return;
    }
    identify();
    Optional<SimClusterNode> through = path(Optional.empty());
    if (through.isEmpty()) {
      return;
    }
    doubting |= life.isEmpty() || terms != life.get().terms.size() || random.chance(0.002);
    if (doubting) {
      if (ops.isEmpty()) {
        start(new Op(0, 0, Cells.COUNT), through.get());
      }
    } else if (ops.size() < MOST_WRITES) {
      command().ifPresent(op -> start(op, through.get()));
    }
  }

  private void start(Op op, SimClusterNode through) {
    ops.add(op);
    op.begin(through, through.premises().front(resource).orElseThrow());
  }

  private Optional<Op> command() {
    boolean reading = random.chance(0.15);
    int most = hurried || random.chance(0.1) ? MOST_CELLS : 4;
    int cells = hurried ? most : 1 + random.below(most);
    int cell = random.below(Cells.COUNT - cells + 1);
    if (ops.stream().anyMatch(op -> op.touches(cell, cell + cells))) {
      return Optional.empty();
    }
    if (reading) {
      return Optional.of(new Op(0, cell, cell + cells));
    }
    long stamp = world.nextStamp();
    life.orElseThrow().ledger.submitted(stamp, cell, cell + cells);
    world.counts.writes++;
    return Optional.of(new Op(stamp, cell, cell + cells));
  }

  // ---- paths ----

  private static boolean isIts(SimClusterNode node, String resource, UUID id) {
    return front(node, resource).filter(it -> idOf(it).equals(id)).isPresent();
  }

  private static Optional<Front> front(SimClusterNode node, String resource) {
    return node.isUp() ? node.premises().front(resource) : Optional.empty();
  }

  private static UUID idOf(Front front) {
    return front.volumes().getFirst().resourceId();
  }

  /** Which resource of that name it is; another one only when nobody has that any more. */
  private void identify() {
    if (id.filter(it -> world.nodes.stream().anyMatch(node -> isIts(node, resource, it)))
            .isPresent()
        || !ops.isEmpty()) {
      return;
    }
    Optional<UUID> found =
        world.nodes.stream()
            .flatMap(node -> front(node, resource).stream())
            .map(ScenarioWriter::idOf)
            .findFirst();
    if (found.isPresent()) {
      id = found;
      life = Optional.ofNullable(world.lives.get(found.get()));
      doubting = true;
    }
  }

  /** One of its paths that is there, not that one if there is another. */
  private Optional<SimClusterNode> path(Optional<String> butFor) {
    List<SimClusterNode> all =
        world.nodes.stream()
            .filter(node -> id.filter(it -> isIts(node, resource, it)).isPresent())
            .toList();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    paths.removeIf(name -> all.stream().noneMatch(node -> node.name().equals(name)));
    while (paths.size() < Math.min(PATHS, all.size())) {
      String name = all.get(random.below(all.size())).name();
      if (!paths.contains(name)) {
        paths.add(name);
      }
    }
    List<String> others =
        paths.stream().filter(name -> butFor.filter(name::equals).isEmpty()).toList();
    String chosen =
        others.isEmpty()
            ? paths.getFirst()
            : others.get(random.chance(0.8) ? 0 : others.size() - 1);
    return Optional.of(world.named(chosen));
  }
}
