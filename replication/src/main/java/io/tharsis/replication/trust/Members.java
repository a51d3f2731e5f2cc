package io.tharsis.replication.trust;

import io.tharsis.logfiles.seam.Invariant;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Who was let in and who was thrown out. Immutable; the lists are sorted as their bytes are, so
 * that equal members have equal encodings.
 *
 * @param admitted names of the nodes that got certificates and were not revoked
 * @param revokedNodes node ids that no certificate makes good again
 * @param revokedSerials single certificates that are void although their node is not revoked
 */
public record Members(
    SortedMap<UUID, String> admitted,
    SortedSet<UUID> revokedNodes,
    SortedSet<BigInteger> revokedSerials) {

  /** UUIDs in the order of their bytes. */
  static final Comparator<UUID> BY_BYTES =
      (a, b) -> {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0
            ? high
            : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
      };

  /** Copies, in order; a revoked node is not admitted. */
  public Members {
    SortedMap<UUID, String> in = new TreeMap<>(BY_BYTES);
    in.putAll(admitted);
    SortedSet<UUID> out = new TreeSet<>(BY_BYTES);
    out.addAll(revokedNodes);
    in.keySet().removeAll(out);
    admitted = Collections.unmodifiableSortedMap(in);
    revokedNodes = Collections.unmodifiableSortedSet(out);
    revokedSerials = Collections.unmodifiableSortedSet(new TreeSet<>(revokedSerials));
  }

  static Members none() {
    return new Members(new TreeMap<>(), new TreeSet<>(), new TreeSet<>());
  }

  Members admit(UUID node, String name) {
    Invariant.check(!revokedNodes.contains(node), "a revoked node is not admitted again", node);
    SortedMap<UUID, String> more = new TreeMap<>(BY_BYTES);
    more.putAll(admitted);
    more.put(node, name);
    return new Members(more, revokedNodes, revokedSerials);
  }

  Members revokeNode(UUID node) {
    SortedSet<UUID> more = new TreeSet<>(BY_BYTES);
    more.addAll(revokedNodes);
    more.add(node);
    return new Members(admitted, more, revokedSerials);
  }

  Members revokeSerial(BigInteger serial) {
    SortedSet<BigInteger> more = new TreeSet<>(revokedSerials);
    more.add(serial);
    return new Members(admitted, revokedNodes, more);
  }

  /** Everybody either side knows; who is revoked in one is revoked. */
  Members union(Members other) {
    SortedMap<UUID, String> in = new TreeMap<>(BY_BYTES);
    in.putAll(other.admitted);
    in.putAll(admitted);
    SortedSet<UUID> out = new TreeSet<>(BY_BYTES);
    out.addAll(revokedNodes);
    out.addAll(other.revokedNodes);
    SortedSet<BigInteger> serials = new TreeSet<>(revokedSerials);
    serials.addAll(other.revokedSerials);
    return new Members(in, out, serials);
  }

  /** Whether this side knows everything that the other one says. */
  boolean includes(Members other) {
    return union(other).equals(this);
  }

  boolean isTooLong() {
    return admitted.size() > TrustLimits.MAX_MEMBERS
        || revokedNodes.size() > TrustLimits.MAX_REVOKED
        || revokedSerials.size() > TrustLimits.MAX_REVOKED;
  }
}
