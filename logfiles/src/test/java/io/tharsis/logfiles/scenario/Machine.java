package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogInspection;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The simulated host on which one resource lives: its directory, its disks, and how it is opened
 * there time and again.
 */
final class Machine {

  /**
   * The resource as it is configured.
   *
   * @param limits of its log
   * @param cells its volumes
   * @param caches what GOOD means on each of them
   */
  record Shape(LogLimits limits, Cells cells, List<WriteCache> caches) {
    Shape {
      caches = List.copyOf(caches);
    }

    /** The same with log space for all the short logfiles that are kept for another member. */
    Shape roomy() {
      return new Shape(limits.withMaxLogBytes(64 * limits.logfileBytes()), cells, caches);
    }

    /** Whether all volumes have a write cache. */
    boolean isCached() {
      return !caches.contains(WriteCache.DURABLE);
    }
  }

  private static final UUID NODE = new UUID(0x7468_6172_7369_4000L, 0x8000_0000_0000_0001L);

  private final Simulation simulation;
  private final SimHost host;
  private final Shape shape;
  private final Wrapping wrapping;
  private final Sizes sizes;
  private ResourceListener listener = ResourceListener.NONE;
  private Optional<Succession> succession = Optional.empty();

  Machine(Simulation simulation, Shape shape, Sizes sizes, Wrapping wrapping) {
    this(simulation, "node", shape, sizes, wrapping);
  }

  Machine(Simulation simulation, String name, Shape shape, Sizes sizes, Wrapping wrapping) {
    this.sizes = sizes;
    this.simulation = simulation;
    this.host = simulation.host(name);
    this.shape = shape;
    this.wrapping = wrapping;
  }

  Simulation simulation() {
    return simulation;
  }

  SimHost host() {
    return host;
  }

  Shape shape() {
    return shape;
  }

  SimDirectory directory() {
    return host.directory("resource-r");
  }

  SimMedium disk(int volume) {
    SimMedium disk = host.disk("disk-" + volume, sizes.first(volume));
    if (sizes.isDevice(volume)) {
      disk.fix();
    }
    return disk;
  }

  /** How large its volumes are. */
  Sizes sizes() {
    return sizes;
  }

  /** An operator makes a device large enough; files grow by themselves. */
  void enlargeDevice(int volume, long bytes) {
    if (sizes.isDevice(volume) && disk(volume).sizeBytes() < bytes) {
      disk(volume).enlarge(bytes);
    }
  }

  /** The media of the files in the directory whose names begin like this, in order of names. */
  List<SimMedium> files(String prefix) {
    return directory().files().stream()
        .filter(name -> name.startsWith(prefix))
        .map(directory()::medium)
        .toList();
  }

  /** Opens the resource in the current incarnation of the host. */
  Async<LoggedResource> open() {
    return onOwner(() -> {
      List<Disk> disks = new ArrayList<>();
      List<Integer> volumes = List.copyOf(volumeNumbers());
      return Async.forEach(volumes, volume -> openDisk(volume, disks))
          .then(done ->
              LoggedResource.open(config(disks, firstBytes()), seams(), listener, succession));
    });
  }

  /** As whose successor it is opened from now on. */
  void succeeds(Optional<Succession> agreed) {
    succession = agreed;
  }

  /** Who hears of the resource. */
  ResourceListener listener() {
    return listener;
  }

  /** Who hears of the resource from the next opening on. */
  void listener(ResourceListener changed) {
    listener = changed;
  }

  /**
   * Opens the resource as a member that follows another one; it joins if it has not before.
   *
   * @param bytes how large the volumes were when it was told where to begin
   */
  Async<FollowingResource> follow(LogStart start, List<Long> bytes) {
    return onOwner(() -> {
      List<Disk> disks = new ArrayList<>();
      return Async.forEach(volumeNumbers(), volume -> openDisk(volume, disks))
          .then(done -> Async.forEach(volumeNumbers(), v -> disks.get(v).grow(bytes.get(v))))
          .then(done -> FollowingResource.join(config(disks, bytes), start, seams(), listener));
    });
  }

  private List<Long> firstBytes() {
    return volumeNumbers().stream().map(sizes::first).toList();
  }

  private List<Integer> volumeNumbers() {
    List<Integer> numbers = new ArrayList<>();
    for (int volume = 0; volume < shape.cells().volumes(); volume++) {
      numbers.add(volume);
    }
    return numbers;
  }

  private Async<Void> openDisk(int volume, List<Disk> into) {
    return disk(volume)
        .open(host.owner())
        .map(disk -> {
          into.add(wrapping.disk(host.owner(), disk));
          return null;
        });
  }

  private ResourceConfig config(List<Disk> disks, List<Long> bytes) {
    List<VolumeConfig> volumes = new ArrayList<>();
    for (Disk disk : disks) {
      int volume = volumes.size();
      volumes.add(
          new VolumeConfig(disk, shape.caches().get(volume), OptionalLong.of(bytes.get(volume))));
    }
    WriterIdentity writer =
        new WriterIdentity(
            NODE, host.name(), new UUID(NODE.getMostSignificantBits(), incarnation()));
    return new ResourceConfig("r", volumes, new LogConfig(shape.limits(), writer, false));
  }

  private long incarnation() {
    return Long.MIN_VALUE | host.incarnation();
  }

  private Seams seams() {
    SimOwner owner = host.owner();
    return new Seams(
        owner, host.clock(), host.entropy(), wrapping.store(owner, directory().open(owner)));
  }

  /** What the poison marker names; empty if there is no marker. */
  Optional<String> poisonedLogfile() {
    if (!directory().files().contains("poison")) {
      return Optional.empty();
    }
    byte[] block = directory().medium("poison").peek(new Range(0, Poison.BYTES));
    return switch (Poison.decode(ByteBuffer.wrap(block), 0)) {
      case Reading.Blank<Poison> blank -> Optional.empty();
      case Reading.Sound<Poison>(Poison found) -> Optional.of(found.logfile());
      case Reading.Corrupt<Poison> corrupt -> Optional.of("whatever it was");
      case Reading.TooNew<Poison> tooNew -> throw new AssertionError(tooNew.words());
      case Reading.Foreign<Poison> foreign -> throw new AssertionError(foreign.words());
    };
  }

  /** Clears the poison marker, as an operator does who names the logfile. */
  Async<Void> clearPoison(String logfile) {
    return onOwner(() ->
        LogInspection.clearPoison(directory().open(host.owner()), logfile).map(poison -> null));
  }

  /** Runs something on the owner of this incarnation. */
  <T> Async<T> onOwner(Supplier<Async<T>> what) {
    Async<T> result = new Async<>();
    host.owner().execute(() -> what.get().observe(result::succeed, result::fail));
    return result;
  }

  /** What a reader of the disks alone would see now. */
  long[] disks() {
    return observe(SimMedium::peek);
  }

  /** What the disks would hold if the power failed now and nothing un-synced survived. */
  long[] durableDisks() {
    return observe(SimMedium::peekDurable);
  }

  private long[] observe(BiFunction<SimMedium, Range, byte[]> reader) {
    long[] observed = new long[shape.cells().count()];
    for (int volume = 0; volume < shape.cells().volumes(); volume++) {
      SimMedium disk = disk(volume);
      long size = sizes.told(volume);
      ByteBuffer bytes = ByteBuffer.wrap(reader.apply(disk, new Range(0, size)));
      int first = shape.cells().first(volume);
      for (int block = 0; block < size / Stamp.BYTES; block++) {
        observed[first + block] = Stamp.read(bytes, block * Stamp.BYTES, first + block);
      }
      observed[shape.cells().state(volume)] = Explanation.ANY;
    }
    return observed;
  }

  /** The checkpoint that the next opening will find, if there is one. */
  Optional<Checkpoint> checkpoint() {
    if (!directory().files().contains("checkpoint")) {
      return Optional.empty();
    }
    SimMedium file = directory().medium("checkpoint");
    byte[] bytes = file.peek(new Range(0, Checkpoint.SLOTS_BYTES));
    ByteBuffer slots = ByteBuffer.wrap(bytes);
    return Slots.newest(
                Checkpoint.decode(slots, Slots.Slot.A.offset(Checkpoint.BYTES)),
                Checkpoint.decode(slots, Slots.Slot.B.offset(Checkpoint.BYTES)))
            instanceof Slots.Decision.InForce(Checkpoint checkpoint, var other)
        ? Optional.of(checkpoint)
        : Optional.empty();
  }
}
