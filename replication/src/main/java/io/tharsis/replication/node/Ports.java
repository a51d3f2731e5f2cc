package io.tharsis.replication.node;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The nodes through which initiators reach a resource, as they are told by ALUA and as target
 * portal groups. A value.
 *
 * @param all of them, in order of their numbers
 * @param own number of this node, which is among them
 */
public record Ports(List<Port> all, int own) {

  /** Largest number of a node. */
  private static final int MAX_NUMBER = 0xFFFF;

  /** Spreads ids that differ in few bits; odd, otherwise arbitrary. */
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  /**
   * A node.
   *
   * @param number from 1 to 65535, the same everywhere
   * @param primary whether the directory says that it is the primary
   */
  public record Port(int number, boolean primary) {}

  /** A list that nobody changes. */
  public Ports {
    all = List.copyOf(all);
  }

  /**
   * The numbers of nodes: 16 bits of their ids. Of two that would have the same one the smaller id
   * has it, and the other one the next that is free, which changes only if it was given away to a
   * node that leaves the cluster: nobody has to keep a list that partitions could disagree on.
   */
  static SortedMap<UUID, Integer> numbers(Collection<UUID> nodes) {
    SortedMap<Integer, UUID> taken = new TreeMap<>();
    SortedMap<UUID, Integer> numbers = new TreeMap<>();
    for (UUID node : nodes.stream().distinct().sorted().toList()) {
      int number = first(node);
      while (taken.containsKey(number)) {
        number = number % MAX_NUMBER + 1;
      }
      taken.put(number, node);
      numbers.put(node, number);
    }
    return numbers;
  }

  private static int first(UUID node) {
    long mixed = (node.getMostSignificantBits() ^ node.getLeastSignificantBits()) * MIX;
    return (int) Long.remainderUnsigned(mixed >>> 16, MAX_NUMBER) + 1;
  }
}
