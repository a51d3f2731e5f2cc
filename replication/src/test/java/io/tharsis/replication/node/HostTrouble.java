package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What goes wrong inside a node's host, beyond that it ends. */
enum HostTrouble {
  /** Writes of a volume's disk fail now and then. */
  DISK_WRITE_ERROR,
  /** Syncs of a volume's disk fail now and then, and the page cache lies. */
  DISK_SYNC_ERROR,
  /** A volume's disk cannot be read now and then, and not be punched. */
  DISK_READ_ERROR,
  /** A volume's disk is slow now and then. */
  DISK_SLOW,
  /** Writes of a secondary's logfiles fail now and then: its log stops. */
  LOG_WRITE_ERROR,
  /** Durable writes of a secondary's logfiles fail now and then, and the page cache lies. */
  LOG_SYNC_ERROR,
  /** Logfiles cannot be read now and then. */
  LOG_READ_ERROR,
  /** What a secondary keeps beside its log cannot be written now and then. */
  BOOKKEEPING_ERROR,
  /** Files of a log's directory cannot be created, renamed, listed, opened now and then. */
  LOG_ENTRY_ERROR,
  /** A bit of a secondary's logfile rots. */
  LOG_ROT,
  /** The log of a primary cannot be written once: it stops. */
  PRIMARY_LOG_ERROR,
  /** The cluster's directory cannot be written now and then. */
  DOCUMENTS_ERROR,
  /** What the node is a member of cannot be written now and then. */
  DEEDS_ERROR,
  /** Foreign files fill the file system. */
  FULL,
  /** The wall clock jumps. */
  CLOCK_JUMP;

  private static final List<String> BOOKKEEPING =
      staged(List.of("checkpoint", "dirty", "summaries"));

  private static final List<String> LOGFILES = staged(List.of("log-"));

  /** The furthest that the wall clock is ever off. */
  private static final long FURTHEST_MILLIS = 120_000;

  /** The same files where they are beside what counts. */
  private static List<String> staged(List<String> prefixes) {
    return prefixes.stream().flatMap(one -> Stream.of(one, "stage-" + one, "side-" + one)).toList();
  }

  /** It begins. */
  void strike(ScenarioWorld world, SimClusterNode node, String resource) {
    SimRandom random = world.random;
    double chance = random.chance(0.5) ? 0.03 : 0.2;
    SimHost host = node.host();
    SimMedium disk = host.disk(SimClusterCommands.disk(resource), Cells.VOLUME_BYTES);
    SimDirectory log = SimPremises.directory(host, resource);
    boolean follows =
        ScenarioOperator.deed(node, resource)
            .filter(deed -> !deed.isPrimary() && deed.granted().isEmpty())
            .isPresent();
    switch (this) {
      case DISK_WRITE_ERROR -> disk.faults().chance(Fault.WRITE_ERROR, chance);
      case DISK_SYNC_ERROR -> disk.faults().chance(Fault.SYNC_ERROR, chance);
      case DISK_READ_ERROR ->
          disk.faults().chance(Fault.READ_ERROR, chance).chance(Fault.PUNCH_ERROR, chance);
      case DISK_SLOW -> disk.faults().chance(Fault.SLOW, chance);
      case LOG_WRITE_ERROR -> receiver(follows, log, Fault.WRITE_ERROR, chance, LOGFILES);
      case LOG_SYNC_ERROR -> receiver(follows, log, Fault.SYNC_ERROR, chance, LOGFILES);
      case LOG_READ_ERROR -> files(log, Fault.READ_ERROR, chance, LOGFILES);
      case BOOKKEEPING_ERROR ->
          receiver(
              follows,
              log,
              random.chance(0.5) ? Fault.WRITE_ERROR : Fault.SYNC_ERROR,
              chance,
              BOOKKEEPING);
      case LOG_ROT -> {
        if (follows) {
          world.excuses.add(node, Excuses.Reason.LOG_ROTTEN);
          rot(log, random);
        }
      }
      case PRIMARY_LOG_ERROR -> {
        if (ScenarioOperator.deed(node, resource).filter(Deed::isPrimary).isPresent()) {
          world.excuses.add(node, Excuses.Reason.LOG_POISONED);
          files(log, random.chance(0.5) ? Fault.WRITE_ERROR : Fault.SYNC_ERROR, chance, LOGFILES);
        }
      }
      case LOG_ENTRY_ERROR -> entries(log, chance);
      case DOCUMENTS_ERROR -> store(host.directory("directory"), chance, random);
      case DEEDS_ERROR -> store(host.directory("members"), chance, random);
      case FULL -> host.space().fillAllBut(random.below(1L << 21));
      case CLOCK_JUMP -> {
        host.jumpWallClock(host.wallOffset().negated());
        host.jumpWallClock(Duration.ofMillis(random.between(-FURTHEST_MILLIS, FURTHEST_MILLIS)));
      }
    }
  }

  private static void rot(SimDirectory log, SimRandom random) {
    List<SimMedium> files =
        log.files().stream()
            .filter(file -> LOGFILES.stream().anyMatch(file::startsWith))
            .map(log::medium)
            .toList();
    if (!files.isEmpty()) {
      SimMedium file = files.get(random.below(files.size()));
      file.rot(new Range(0, Math.max(1, file.sizeBytes() >>> random.below(8))));
      file.dropCache();
    }
  }

  /**
   * A log that is written by initiators has no second copy while it is written, nor has that of who
   * has given the role away: not there.
   */
  private static void receiver(
      boolean follows, SimDirectory log, Fault fault, double chance, List<String> prefixes) {
    if (follows) {
      files(log, fault, chance, prefixes);
    }
  }

  private static void files(
      SimDirectory directory, Fault fault, double chance, List<String> prefixes) {
    for (String file : directory.files()) {
      if (prefixes.stream().anyMatch(file::startsWith)) {
        directory.medium(file).faults().chance(fault, chance);
      }
    }
  }

  private static void entries(SimDirectory directory, double chance) {
    directory
        .faults()
        .chance(Fault.CREATE_ERROR, chance)
        .chance(Fault.RENAME_ERROR, chance)
        .chance(Fault.DELETE_ERROR, chance)
        .chance(Fault.LIST_ERROR, chance)
        .chance(Fault.OPEN_ERROR, chance)
        .chance(Fault.DIRECTORY_SYNC_ERROR, chance);
  }

  private static void store(SimDirectory directory, double chance, SimRandom random) {
    entries(directory, chance);
    Fault fault = random.chance(0.5) ? Fault.WRITE_ERROR : Fault.SYNC_ERROR;
    files(directory, fault, chance, List.of(""));
  }

  /** Everything that was wrong with a host ends; what was done stays. */
  static void heal(SimClusterNode node, List<String> resources) {
    SimHost host = node.host();
    for (String resource : resources) {
      host.disk(SimClusterCommands.disk(resource), Cells.VOLUME_BYTES).faults().heal();
      heal(SimPremises.directory(host, resource));
    }
    heal(host.directory("directory"));
    heal(host.directory("members"));
    host.space().removeForeign();
    host.jumpWallClock(host.wallOffset().negated());
  }

  /** What fails in a log's directory fails no more. */
  static void mendLog(SimClusterNode node, String resource) {
    heal(SimPremises.directory(node.host(), resource));
  }

  private static void heal(SimDirectory directory) {
    directory.faults().heal();
    directory.files().forEach(file -> directory.medium(file).faults().heal());
  }
}
