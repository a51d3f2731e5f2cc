package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A simulated directory: what outlives the incarnations that use it. When the power fails each
 * un-synced change of an entry is kept or lost by the seed, except that a change is lost if an
 * earlier one of the same name was; a rename is one change of two names.
 */
public final class SimDirectory {

  private sealed interface Change {
    List<String> names();

    record Create(String file, SimMedium medium) implements Change {
      @Override
      public List<String> names() {
        return List.of(file);
      }
    }

    record Rename(String from, String to) implements Change {
      @Override
      public List<String> names() {
        return List.of(from, to);
      }
    }

    record Delete(String file) implements Change {
      @Override
      public List<String> names() {
        return List.of(file);
      }
    }
  }

  private final Simulation simulation;
  private final String name;
  private final SimSpace space;
  private final SimRandom random;
  private final SimFaults faults;
  private final TreeMap<String, SimMedium> entries = new TreeMap<>();
  private final TreeMap<String, SimMedium> durable = new TreeMap<>();
  private final List<Change> unsynced = new ArrayList<>();
  private SimLatency latency = SimLatency.FAST;
  private double keptChance = 0.5;
  private boolean locked;
  private long epoch;
  private int created;

  SimDirectory(Simulation simulation, String name, SimSpace space) {
    this.simulation = simulation;
    this.name = name;
    this.space = space;
    this.random = simulation.random("directory " + name);
    this.faults = new SimFaults(random.fork("faults"));
  }

  /** The directory as an owner uses it. */
  public Store open(SimOwner owner) {
    return new SimStore(this, owner);
  }

  /** How diagnostics call it. */
  public String name() {
    return name;
  }

  /** What can go wrong with entry operations. */
  public SimFaults faults() {
    return faults;
  }

  /** How long entry operations take from now on. */
  public void latency(SimLatency changed) {
    latency = changed;
  }

  /** With which probability a power failure keeps each un-synced change; a half at first. */
  public void keepUnsynced(double probability) {
    keptChance = probability;
  }

  /** The medium of a file that exists. */
  public SimMedium medium(String file) {
    return Optional.ofNullable(entries.get(file)).orElseThrow();
  }

  /** The names there are now. */
  public List<String> files() {
    return List.copyOf(entries.keySet());
  }

  /** The names that no power failure can change. */
  public List<String> durableFiles() {
    return List.copyOf(durable.keySet());
  }

  /**
   * It holds from now on copies of what another one holds, with the changes that were not synced
   * there. Nobody has it open.
   */
  public void become(SimDirectory other) {
    Invariant.check(!locked, "a directory that nobody has open", name);
    Set<SimMedium> mine = new LinkedHashSet<>(entries.values());
    mine.forEach(SimMedium::release);
    Map<SimMedium, SimMedium> copies = new LinkedHashMap<>();
    entries.clear();
    durable.clear();
    unsynced.clear();
    other.entries.forEach((file, medium) -> entries.put(file, copy(file, medium, copies)));
    other.durable.forEach((file, medium) -> durable.put(file, copy(file, medium, copies)));
    for (Change change : other.unsynced) {
      unsynced.add(
          change instanceof Change.Create(String file, SimMedium medium)
              ? new Change.Create(file, copy(file, medium, copies))
              : change);
    }
    copies.values().stream().filter(one -> !entries.containsValue(one)).forEach(SimMedium::release);
  }

  private SimMedium copy(String file, SimMedium from, Map<SimMedium, SimMedium> copies) {
    return copies.computeIfAbsent(
        from,
        original -> {
          String unique = name + "/" + file + "@" + ++created;
          SimMedium made = SimMedium.sparse(simulation, unique, original.sizeBytes(), space);
          made.become(original);
          return made;
        });
  }

  SimSpace space() {
    return space;
  }

  /** Whether there is a file of that name now. */
  public boolean has(String file) {
    return entries.containsKey(file);
  }

  /** A new medium in space that has been taken. */
  SimMedium create(String file, long sizeBytes) {
    String unique = name + "/" + file + "@" + ++created;
    SimMedium medium = SimMedium.full(simulation, unique, sizeBytes, space);
    change(new Change.Create(file, medium));
    return medium;
  }

  void rename(String from, String to) {
    change(new Change.Rename(from, to));
  }

  void delete(String file) {
    medium(file).release();
    change(new Change.Delete(file));
  }

  /** Takes an entry away, as rm does: whoever has the file open keeps it. */
  public void unlink(String file) {
    delete(file);
  }

  private void change(Change change) {
    unsynced.add(change);
    apply(change, entries);
  }

  private static void apply(Change change, Map<String, SimMedium> to) {
    switch (change) {
      case Change.Create create -> to.put(create.file(), create.medium());
      case Change.Rename rename -> to.put(rename.to(), to.remove(rename.from()));
      case Change.Delete delete -> to.remove(delete.file());
    }
  }

  int unsyncedChanges() {
    return unsynced.size();
  }

  /** Makes the first changes durable. */
  void sync(int changes) {
    List<Change> done = unsynced.subList(0, changes);
    done.forEach(change -> apply(change, durable));
    done.clear();
  }

  boolean tryLock() {
    if (locked) {
      return false;
    }
    locked = true;
    return true;
  }

  void unlock() {
    locked = false;
  }

  void run(String label, long extraNanos, Runnable effect) {
    long begun = epoch;
    simulation.schedule(
        latency.drawNanos(random, faults) + extraNanos,
        label + " " + name,
        () -> epoch == begun,
        effect);
  }

  IOException failure(String file, String reason) {
    return new IOException(name + "/" + file + ": " + reason);
  }

  void kill() {
    endIncarnation();
    entries.values().forEach(SimMedium::kill);
  }

  void powerFail() {
    endIncarnation();
    Set<SimMedium> before = new LinkedHashSet<>(entries.values());
    Set<String> broken = new LinkedHashSet<>();
    for (Change change : unsynced) {
      boolean possible = change.names().stream().noneMatch(broken::contains);
      if (possible && random.chance(keptChance)) {
        apply(change, durable);
      } else {
        broken.addAll(change.names());
      }
    }
    unsynced.clear();
    entries.clear();
    entries.putAll(durable);
    for (SimMedium medium : entries.values()) {
      if (!before.remove(medium)) {
        medium.reclaim();
      }
      medium.powerFail();
    }
    before.forEach(SimMedium::release);
  }

  private void endIncarnation() {
    epoch++;
    locked = false;
  }
}
