package io.tharsis.replication.member;

import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import java.time.Duration;
import java.util.List;

/** What is done to a receiver beyond crashes. */
enum ReceiverTrouble {
  /** Writes of its volume's disk fail now and then. */
  DISK_WRITE_ERROR,
  /** Syncs of its volume's disk fail now and then, and the page cache lies. */
  DISK_SYNC_ERROR,
  /** Its volume's disk cannot be read now and then, and not be punched. */
  DISK_READ_ERROR,
  /** Writes of its logfiles fail now and then: its log stops. */
  LOG_WRITE_ERROR,
  /** Durable writes of its logfiles fail now and then, and the page cache lies. */
  LOG_SYNC_ERROR,
  /** Its logfiles cannot be read now and then. */
  LOG_READ_ERROR,
  /** What it keeps beside its log cannot be written now and then. */
  BOOKKEEPING_ERROR,
  /** Files cannot be created, renamed, listed, opened now and then. */
  ENTRY_ERROR,
  /** A foreign file fills its file system. */
  FULL,
  /** A bit of a logfile rots. */
  LOG_ROT,
  /** Its wall clock jumps. */
  CLOCK_JUMP,
  /** Its disk is slow now and then. */
  SLOW;

  /** It begins. */
  void strike(SimReplicaNode node, SimRandom random) {
    double chance = random.chance(0.5) ? 0.03 : 0.2;
    switch (this) {
      case DISK_WRITE_ERROR -> node.disk().faults().chance(Fault.WRITE_ERROR, chance);
      case DISK_SYNC_ERROR -> node.disk().faults().chance(Fault.SYNC_ERROR, chance);
      case DISK_READ_ERROR ->
          node.disk().faults().chance(Fault.READ_ERROR, chance).chance(Fault.PUNCH_ERROR, chance);
      case LOG_WRITE_ERROR -> all(node.files("log-"), Fault.WRITE_ERROR, chance);
      case LOG_SYNC_ERROR -> all(node.files("log-"), Fault.SYNC_ERROR, chance);
      case LOG_READ_ERROR -> all(node.files("log-"), Fault.READ_ERROR, chance);
      case BOOKKEEPING_ERROR -> {
        for (String file : List.of("checkpoint", "dirty", "summaries")) {
          all(node.files(file), random.chance(0.5) ? Fault.WRITE_ERROR : Fault.SYNC_ERROR, chance);
        }
      }
      case ENTRY_ERROR -> {
        for (Fault fault :
            List.of(
                Fault.CREATE_ERROR,
                Fault.RENAME_ERROR,
                Fault.DELETE_ERROR,
                Fault.LIST_ERROR,
                Fault.OPEN_ERROR,
                Fault.DIRECTORY_SYNC_ERROR)) {
          node.directory().faults().chance(fault, chance);
        }
      }
      case FULL -> node.host().space().fillAllBut(random.below(1L << 20));
      case LOG_ROT -> rot(node, random);
      case CLOCK_JUMP ->
          node.host().jumpWallClock(Duration.ofMillis(random.between(-3_600_000, 3_600_000)));
      case SLOW -> {
        node.disk().faults().chance(Fault.SLOW, chance);
        all(node.files("log-"), Fault.SLOW, chance);
      }
    }
    node.trouble(true);
  }

  private static void all(List<SimMedium> media, Fault fault, double chance) {
    media.forEach(medium -> medium.faults().chance(fault, chance));
  }

  private static void rot(SimReplicaNode node, SimRandom random) {
    List<SimMedium> files = node.files("log-");
    if (!files.isEmpty()) {
      SimMedium file = files.get(random.below(files.size()));
      file.rot(new Range(0, Math.max(1, file.sizeBytes() >>> random.below(8))));
      file.dropCache();
      node.damage();
    }
  }

  /** Everything that was wrong with it ends; what was done stays. */
  static void heal(SimReplicaNode node) {
    node.disk().faults().heal();
    node.files("").forEach(file -> file.faults().heal());
    node.directory().faults().heal();
    node.host().space().removeForeign();
  }
}
