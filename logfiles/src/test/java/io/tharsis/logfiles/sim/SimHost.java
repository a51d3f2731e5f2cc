package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A simulated machine with one process: owners that die together, disks and directories that
 * outlive them. After {@link #kill} or {@link #powerFail} ask for {@link #owner} again to get the
 * next incarnation's.
 */
public final class SimHost {

  private final Simulation simulation;
  private final String name;
  private final SimSpace space = new SimSpace(Long.MAX_VALUE);
  private final Map<String, SimMedium> disks = new LinkedHashMap<>();
  private final Map<String, SimDirectory> directories = new LinkedHashMap<>();
  private final Map<String, SimOwner> owners = new LinkedHashMap<>();
  private int incarnation = 1;
  private long wallOffsetMillis;

  SimHost(Simulation simulation, String name) {
    this.simulation = simulation;
    this.name = name;
  }

  /** How it is called. */
  public String name() {
    return name;
  }

  /** How often its process was started. */
  public int incarnation() {
    return incarnation;
  }

  /** The main owner of this incarnation. */
  public SimOwner owner() {
    return owner("main");
  }

  /** The owner of that name of this incarnation. */
  public SimOwner owner(String purpose) {
    return owners.computeIfAbsent(
        purpose, made -> new SimOwner(simulation, name + "#" + incarnation + " " + made));
  }

  /** Time for the main owner of this incarnation. */
  public Clock clock() {
    return clock(owner());
  }

  /** Time for an owner of this host. */
  public Clock clock(SimOwner owner) {
    return new SimClock(simulation, owner, () -> wallOffsetMillis);
  }

  /** Random numbers that differ between incarnations. */
  public Entropy entropy() {
    return new SimEntropy(simulation.random("entropy " + name + "#" + incarnation));
  }

  /** The wall clock jumps, perhaps backwards. */
  public void jumpWallClock(Duration by) {
    wallOffsetMillis += by.toMillis();
  }

  /** By how much the wall clock is off. */
  public Duration wallOffset() {
    return Duration.ofMillis(wallOffsetMillis);
  }

  /** The space that this host's sparse disks and directories share; unlimited at first. */
  public SimSpace space() {
    return space;
  }

  /** A sparse disk; made when first asked for, and then the size must stay the same. */
  public SimMedium disk(String disk, long sizeBytes) {
    SimMedium medium =
        disks.computeIfAbsent(
            disk, made -> SimMedium.sparse(simulation, name + ":" + made, sizeBytes, space));
    return medium;
  }

  /** A directory; made when first asked for. */
  public SimDirectory directory(String directory) {
    return directories.computeIfAbsent(
        directory, made -> new SimDirectory(simulation, name + ":" + made, space));
  }

  /**
   * Everything that is on its disks and in its directories is from now on what another one has: a
   * clone of that, a backup, or what it was itself when that was made. No process runs here.
   */
  public void become(SimHost other) {
    other.disks.forEach((disk, medium) -> disk(disk, medium.sizeBytes()).become(medium));
    other.directories.forEach((directory, from) -> directory(directory).become(from));
    SimDirectory nothing = new SimDirectory(simulation, name + ":nothing", space);
    directories.forEach((directory, mine) -> {
      if (!other.directories.containsKey(directory)) {
        mine.become(nothing);
      }
    });
  }

  /** The process dies at once ({@code kill -9}); what it wrote stays in the page cache. */
  public void kill() {
    endIncarnation();
    disks.values().forEach(SimMedium::kill);
    directories.values().forEach(SimDirectory::kill);
  }

  /** The machine loses power: what was not synced is kept, lost or torn, by the seed. */
  public void powerFail() {
    endIncarnation();
    disks.values().forEach(SimMedium::powerFail);
    directories.values().forEach(SimDirectory::powerFail);
  }

  private void endIncarnation() {
    List<SimOwner> dying = new ArrayList<>(owners.values());
    owners.clear();
    dying.forEach(SimOwner::die);
    incarnation++;
  }
}
