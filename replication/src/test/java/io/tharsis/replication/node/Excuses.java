package io.tharsis.replication.node;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was done to a node that no program can undo by itself, and the refusals of a replica there
 * that are right because of it. Any other refusal that does not end by itself is a violation.
 */
final class Excuses {

  /** What was done to a node. */
  @SuppressWarnings("ImmutableEnumChecker") // its sets are those of Set.of
  enum Reason {
    /** The content of a disk, without its log, is older than it was: the disk is refused. */
    DISK_ROLLED_BACK(true, Set.of("log-damaged")),
    /** Everything that the node has is older than it was. */
    DATA_RESTORED(true, Set.of()),
    /** Another process ran in its name, from a copy of what it has. */
    CLONED(true, Set.of()),
    /** Bits of a secondary's log have changed: what cannot be read is fetched or synced again. */
    LOG_ROTTEN(true, Set.of()),
    /** The log of a primary could not be written: it takes nothing until the marker is cleared. */
    LOG_POISONED(false, Set.of("log-damaged"));

    private final boolean mayMiss;
    private final Set<String> codes;

    Reason(boolean mayMiss, Set<String> codes) {
      this.mayMiss = mayMiss;
      this.codes = codes;
    }
  }

  private final Map<String, EnumSet<Reason>> ofNodes = new TreeMap<>();

  private EnumSet<Reason> of(SimClusterNode node) {
    return ofNodes.computeIfAbsent(node.name(), any -> EnumSet.noneOf(Reason.class));
  }

  void add(SimClusterNode node, Reason reason) {
    of(node).add(reason);
  }

  boolean has(SimClusterNode node, Reason reason) {
    return of(node).contains(reason);
  }

  /** Whether log that was acknowledged in a node's name may be missing there. */
  boolean mayMiss(SimClusterNode node) {
    return of(node).stream().anyMatch(reason -> reason.mayMiss);
  }

  /** Whether a refusal with that code is right at a node, until an operator invalidates. */
  boolean excuse(SimClusterNode node, String code) {
    return of(node).stream().anyMatch(reason -> reason.codes.contains(code));
  }
}
