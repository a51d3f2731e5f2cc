package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimFaults;
import io.tharsis.logfiles.sim.SimLatency;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.volume.VolumeFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Brings trouble over a machine, remembers which, and takes its causes away again. Knows therefore
 * what is excused at any moment.
 */
final class Mischief {

  private static final double SELDOM = 0.03;
  private static final double OFTEN = 0.2;

  private final Machine machine;
  private final History history;
  private final SimRandom random;
  private final Set<Trouble> now = EnumSet.noneOf(Trouble.class);
  private final Set<Trouble> ever = EnumSet.noneOf(Trouble.class);

  Mischief(Machine machine, History history, SimRandom random) {
    this.machine = machine;
    this.history = history;
    this.random = random;
  }

  /** What has happened so far. */
  Set<Trouble> ever() {
    return ever;
  }

  boolean excuses(LogDamage.Code refusal) {
    return now.stream().anyMatch(trouble -> trouble.excuses(refusal));
  }

  boolean excuses(VolumeFault fault) {
    return now.stream().anyMatch(trouble -> trouble.excuses(fault));
  }

  boolean excusesFailedOpening() {
    return now.stream().anyMatch(Trouble::excusesFailedOpening);
  }

  /** Whether damage makes it right to read or open nothing any more. */
  boolean isDamaged() {
    return ever.stream().anyMatch(Trouble::isDamage);
  }

  /** The trouble begins. Where there is nothing yet that could suffer, nothing happens. */
  void strike(Trouble trouble) {
    if (!reach(trouble)) {
      return;
    }
    machine.simulation().observe(trouble.name(), 0);
    now.add(trouble);
    ever.add(trouble);
    if (trouble.mayLoseAcknowledged()) {
      history.excuseLoss();
    }
    if (trouble == Trouble.FILE_SYSTEM_FULL) {
      history.doubtRefusals();
    }
  }

  private boolean reach(Trouble trouble) {
    return switch (trouble) {
      case LOG_READ_ERROR -> often(logfiles(), Fault.READ_ERROR);
      case LOG_WRITE_ERROR -> once(logfiles(), Fault.WRITE_ERROR);
      case LOG_SYNC_ERROR -> once(logfiles(), Fault.SYNC_ERROR);
      case LOG_SLOW -> often(logfiles(), Fault.SLOW);
      case LOG_STUCK -> once(logfiles(), Fault.STUCK);
      case LOG_ROT -> rot(logfiles());
      case LOG_ROTTEN_READ -> once(logfiles(), Fault.ROTTEN_READ);
      case LOG_LOST_WRITE -> once(logfiles(), Fault.LOST_WRITE);
      case LOG_MISDIRECTED_WRITE -> once(logfiles(), Fault.MISDIRECTED_WRITE);
      case LOG_LYING_SYNC -> chance(logfiles(), Fault.LYING_SYNC, 1);
      case CHECKPOINT_READ_ERROR -> often(machine.files("checkpoint"), Fault.READ_ERROR);
      case CHECKPOINT_WRITE_ERROR -> often(machine.files("checkpoint"), Fault.WRITE_ERROR);
      case CHECKPOINT_SYNC_ERROR -> often(machine.files("checkpoint"), Fault.SYNC_ERROR);
      case CHECKPOINT_ROT -> rot(machine.files("checkpoint"));
      case POISON_WRITE_ERROR -> chance(machine.files("poison"), Fault.WRITE_ERROR, 1);
      case POISON_ROT -> rot(machine.files("poison"));
      case SUMMARY_TROUBLE ->
          rot(machine.files("summaries")) && often(machine.files("summaries"), Fault.WRITE_ERROR);
      case DISK_READ_ERROR -> often(disks(), Fault.READ_ERROR);
      case DISK_WRITE_ERROR -> often(disks(), Fault.WRITE_ERROR);
      case DISK_SYNC_ERROR -> often(disks(), Fault.SYNC_ERROR);
      case DISK_PUNCH_ERROR -> often(disks(), Fault.PUNCH_ERROR);
      case DISK_SLOW -> often(disks(), Fault.SLOW);
      case DISK_STUCK -> once(disks(), Fault.STUCK);
      case FILE_SYSTEM_FULL -> fill();
      case ENTRY_ERROR -> entryErrors();
      case CLOCK_JUMP -> jump();
    };
  }

  private List<SimMedium> logfiles() {
    return machine.files("log-");
  }

  private List<SimMedium> disks() {
    List<SimMedium> disks = new ArrayList<>();
    for (int volume = 0; volume < machine.shape().cells().volumes(); volume++) {
      disks.add(machine.disk(volume));
    }
    return disks;
  }

  private boolean often(List<SimMedium> media, Fault fault) {
    return chance(media, fault, random.chance(0.5) ? SELDOM : OFTEN);
  }

  private static boolean chance(List<SimMedium> media, Fault fault, double probability) {
    media.forEach(medium -> medium.faults().chance(fault, probability));
    return !media.isEmpty();
  }

  /** One of them, mostly the newest. */
  private boolean once(List<SimMedium> media, Fault fault) {
    if (media.isEmpty()) {
      return false;
    }
    one(media).faults().next(fault);
    return true;
  }

  private SimMedium one(List<SimMedium> media) {
    return random.chance(0.7) ? media.getLast() : media.get(random.below(media.size()));
  }

  /** Bits near the beginning of a medium rot more often: there is something there. */
  private boolean rot(List<SimMedium> media) {
    if (media.isEmpty()) {
      return false;
    }
    SimMedium medium = one(media);
    long reach = Math.max(1, medium.sizeBytes() >>> random.below(10));
    medium.rot(new Range(0, reach));
    medium.dropCache();
    return true;
  }

  private boolean fill() {
    machine.host().space().fillAllBut(random.below(1L << 20));
    if (random.chance(0.5)) {
      Duration later = Duration.ofMillis(random.between(1, 3000));
      machine.simulation().schedule(later, "space returns", machine.host().space()::removeForeign);
    }
    return true;
  }

  private boolean entryErrors() {
    SimFaults faults = machine.directory().faults();
    for (Fault fault :
        List.of(
            Fault.CREATE_ERROR,
            Fault.RENAME_ERROR,
            Fault.DELETE_ERROR,
            Fault.LIST_ERROR,
            Fault.OPEN_ERROR,
            Fault.DIRECTORY_SYNC_ERROR)) {
      if (random.chance(0.5)) {
        faults.chance(fault, random.chance(0.5) ? SELDOM : OFTEN);
      }
    }
    return true;
  }

  private boolean jump() {
    machine.host().jumpWallClock(Duration.ofMillis(random.between(-3_600_000, 3_600_000)));
    return true;
  }

  /** The causes go away; what they have done stays. */
  void heal() {
    heal(machine.files(""));
    heal(disks());
    machine.directory().faults().heal();
    machine.directory().latency(SimLatency.FAST);
    machine.host().space().removeForeign();
  }

  /** A life is over: what was excused during it only is excused no longer. */
  void lifeEnded() {
    heal();
    now.removeIf(trouble -> trouble.lasts() == Trouble.Lasts.FOR_A_LIFE);
  }

  private static void heal(List<SimMedium> media) {
    for (SimMedium medium : media) {
      medium.faults().heal();
      medium.unstick();
    }
  }
}
