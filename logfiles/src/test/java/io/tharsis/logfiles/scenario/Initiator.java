package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Keeps a number of random operations in flight on a resource, tells the {@link History} about
 * each, and has every answer judged. Lives on the resource's owner as long as that does.
 */
final class Initiator {

  /** How often a change is taken back a moment after it was begun. */
  private static final double TAKEN_BACK = 0.1;

  /** How often a new logfile is asked for before an operation. */
  private static final double ROTATED = 0.04;

  private final Machine machine;
  private final History history;
  private final LoggedResource resource;
  private final Predicate<VolumeFault> excused;
  private final Load load;
  private final SimRandom random;
  private final SimRandom secondThoughts;
  private final SimRandom rotations;
  private final SimRandom growths;
  private final Async<Void> finished = new Async<>();
  private int begun;
  private int ended;
  private boolean pausing;
  private boolean stopped;

  Initiator(
      Machine machine,
      History history,
      LoggedResource resource,
      Predicate<VolumeFault> excused,
      Load load) {
    this.machine = machine;
    this.history = history;
    this.resource = resource;
    this.excused = excused;
    this.load = load;
    this.random = machine.simulation().random("load " + machine.host().incarnation());
    this.rotations = machine.simulation().random("rotations " + machine.host().incarnation());
    this.growths = machine.simulation().random("growths " + machine.host().incarnation());
    this.secondThoughts =
        machine.simulation().random("second thoughts " + machine.host().incarnation());
  }

  /** Begins; ends when all operations have an answer. */
  Async<Void> work() {
    fill();
    return finished;
  }

  /** Begins nothing any more: what would come now is not in the order of anything. */
  void stop() {
    stopped = true;
  }

  private void fill() {
    while (!stopped && !pausing && begun < load.operations() && begun - ended < load.depth()) {
      begun++;
      begin();
      if (random.chance(load.habits().pause())) {
        pause();
      }
    }
    if (ended == load.operations() && !finished.isDone()) {
      finished.succeed(null);
    }
  }

  private void pause() {
    pausing = true;
    Duration time = Duration.ofMillis(1L << random.below(10));
    machine
        .host()
        .clock()
        .after(
            time,
            () -> {
              pausing = false;
              fill();
            });
  }

  private void begin() {
    if (rotations.chance(ROTATED)) {
      resource.rotate().observe(done -> {}, cause -> {});
    }
    Volume volume = resource.volume(random.below(resource.volumeCount()));
    if (growths.chance(machine.sizes().chance())) {
      resize(volume);
    }
    switch (load.mix().draw(random)) {
      case WRITE -> write(volume);
      case READ -> read(volume);
      case UNMAP -> unmap(volume);
      case FLUSH -> flush(volume);
      case STATE -> changeState(volume);
    }
  }

  private static int blocks(Volume volume) {
    return Math.toIntExact(volume.sizeBytes() / Stamp.BYTES);
  }

  /** Sometimes a volume is made larger; its device is not always large enough. */
  private void resize(Volume volume) {
    int number = volume.number();
    if (volume.sizeBytes() == machine.sizes().full(number)) {
      return;
    }
    long larger = machine.sizes().larger(number, volume.sizeBytes(), growths);
    if (growths.chance(0.7)) {
      machine.enlargeDevice(number, larger);
    }
    resource
        .resize(number, larger)
        .observe(
            done -> {
              machine.sizes().promise(number, larger);
              machine.sizes().check(number, volume.sizeBytes());
            },
            cause -> {});
  }

  private Cells cells() {
    return history.cells();
  }

  private void write(Volume volume) {
    int blocks = load.blocks(random, blocks(volume));
    int place = load.place(random, blocks(volume), blocks);
    boolean force = random.chance(load.habits().force());
    boolean durable = force || volume.writeCache() == WriteCache.DURABLE;
    int from = cells().first(volume.number()) + place;
    Operation write = history.submit(Operation.Kind.WRITE, from, from + blocks, durable);
    ByteBuffer data = ByteBuffer.allocateDirect(blocks * Stamp.BYTES);
    for (int i = 0; i < blocks; i++) {
      Stamp.write(data, i * Stamp.BYTES, from + i, History.stampOf(write, from, from + i));
    }
    long offset = (long) place * Stamp.BYTES;
    reconsider(write, volume.write(offset, data, force, change(write, from, from + blocks)));
  }

  /** Sometimes a change is taken back; while it waits for room that must leave no trace of it. */
  private void reconsider(Operation operation, Ticket ticket) {
    if (!secondThoughts.chance(TAKEN_BACK)) {
      return;
    }
    Duration time = Duration.ofMillis(secondThoughts.below(4));
    machine
        .host()
        .clock()
        .after(
            time,
            () -> {
              if (ticket.cancel()) {
                operation.ended(Operation.Progress.REFUSED);
                next();
              }
            });
  }

  private void unmap(Volume volume) {
    int all = blocks(volume);
    int blocks = random.chance(0.1) ? all : load.blocks(random, all);
    int place = load.place(random, all, blocks);
    boolean durable = volume.writeCache() == WriteCache.DURABLE;
    int from = cells().first(volume.number()) + place;
    Operation unmap = history.submit(Operation.Kind.UNMAP, from, from + blocks, durable);
    Ticket ticket =
        volume.unmap(
            (long) place * Stamp.BYTES,
            (long) blocks * Stamp.BYTES,
            change(unmap, from, from + blocks));
    reconsider(unmap, ticket);
  }

  private void changeState(Volume volume) {
    int cell = cells().state(volume.number());
    Operation change = history.submit(Operation.Kind.STATE, cell, cell + 1, true);
    byte[] bytes = new byte[Long.BYTES + random.below(200)];
    ByteBuffer.wrap(bytes).putLong(change.firstSequence());
    resource.changeScsiState(volume.number(), Blob.of(bytes), change(change, cell, cell + 1));
  }

  private VolumeCompletion change(Operation operation, int from, int to) {
    return answer(
        operation.kind().toString(),
        () -> history.good(operation, from, to),
        fault ->
            operation.ended(
                fault == VolumeFault.SPACE_EXHAUSTED || fault == VolumeFault.MOVED
                    ? Operation.Progress.REFUSED
                    : Operation.Progress.FAILED));
  }

  private void flush(Volume volume) {
    long covered = history.flushable(volume.number());
    volume.flush(answer("FLUSH", () -> history.flushed(covered), fault -> {}));
  }

  private void read(Volume volume) {
    int blocks = Math.min(512, load.blocks(random, blocks(volume)));
    int place = load.place(random, blocks(volume), blocks);
    int from = cells().first(volume.number()) + place;
    long[] floors = history.floors(from, from + blocks);
    ByteBuffer into = ByteBuffer.allocateDirect(blocks * Stamp.BYTES);
    boolean durable = volume.writeCache() == WriteCache.DURABLE;
    volume.read(
        (long) place * Stamp.BYTES,
        into,
        answer(
            "READ",
            () -> history.checkRead(from, versions(into, from), floors, durable),
            fault -> {}));
  }

  /** What a buffer that was read says, block by block. */
  static long[] versions(ByteBuffer read, int from) {
    long[] versions = new long[read.remaining() / Stamp.BYTES];
    for (int i = 0; i < versions.length; i++) {
      versions[i] = Stamp.read(read, i * Stamp.BYTES, from + i);
    }
    return versions;
  }

  private VolumeCompletion answer(String what, Runnable good, Consumer<VolumeFault> bad) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        good.run();
        next();
      }

      @Override
      public void failed(VolumeFault fault) {
        if (!excused.test(fault)) {
          throw new History.OracleViolation(what + " failed for no reason: " + fault);
        }
        bad.accept(fault);
        next();
      }
    };
  }

  private void next() {
    ended++;
    fill();
  }
}
