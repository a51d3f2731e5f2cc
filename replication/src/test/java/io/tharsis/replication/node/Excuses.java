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

  /** What was done to a node, and which refusals of its replicas it excuses. */
  @SuppressWarnings("ImmutableEnumChecker") // its sets are those of Set.of
  enum Reason {
    /** The content of a disk, without its log, is older than it was. */
    DISK_ROLLED_BACK(Set.of("log-damaged", "disk-rolled-back", "cannot-open")),
    /** Everything that the node has is older than it was. */
    DATA_RESTORED(Set.of("log-damaged", "no-primary", "admission"));

    private final Set<String> codes;

    Reason(Set<String> codes) {
      this.codes = codes;
    }
  }

  private final Map<String, EnumSet<Reason>> ofNodes = new TreeMap<>();

  void add(SimClusterNode node, Reason reason) {
    ofNodes.computeIfAbsent(node.name(), any -> EnumSet.noneOf(Reason.class)).add(reason);
  }

  boolean has(SimClusterNode node, Reason reason) {
    return ofNodes.getOrDefault(node.name(), EnumSet.noneOf(Reason.class)).contains(reason);
  }

  /** Whether a refusal with that code is right at a node. */
  boolean excuse(SimClusterNode node, String code) {
    return ofNodes.getOrDefault(node.name(), EnumSet.noneOf(Reason.class)).stream()
        .anyMatch(reason -> reason.codes.contains(code));
  }
}
