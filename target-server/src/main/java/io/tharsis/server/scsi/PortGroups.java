package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Invariant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The target port groups of a target, as initiators are told about them. Each node that has portals
 * for the target is one group with one port: an iSCSI target port is the target's name with a
 * portal group tag (RFC 7143 4.2.7.2), and the number of the node is that tag, the group's number
 * and the port's relative identifier. It is the same on every portal and for as long as the node
 * serves the target: hosts recognise their paths by it.
 *
 * @param groups all of them, in the order of their numbers
 * @param own number of the group of this node, which is among them
 */
public record PortGroups(List<Group> groups, int own) {

  /** Groups of one target; bounds the answer to REPORT TARGET PORT GROUPS. */
  public static final int MAX_GROUPS = 64;

  /** Largest number of a group. */
  public static final int MAX_NUMBER = 0xffff;

  /**
   * The ports of one node.
   *
   * @param number of the node, 1 to {@link #MAX_NUMBER}
   * @param state how well the logical units are reached through them
   * @param preferred PREF, SPC-4 5.15.2.6: whether the role should rather be there
   */
  public record Group(int number, AccessState state, boolean preferred) {

    public Group {
      Invariant.check(number > 0 && number <= MAX_NUMBER, "a group has a number", number);
    }
  }

  public PortGroups {
    groups = List.copyOf(groups);
    Invariant.check(groups.size() <= MAX_GROUPS, "groups can be told", groups.size());
    List<Group> all = groups;
    Invariant.check(
        IntStream.range(1, all.size()).allMatch(i -> all.get(i - 1).number() < all.get(i).number()),
        "groups differ and are in order",
        groups);
    Invariant.check(
        all.stream().anyMatch(group -> group.number() == own), "this node has a group", own);
  }

  /** One node that serves alone. */
  public static PortGroups alone() {
    return new PortGroups(List.of(new Group(1, AccessState.OPTIMIZED, false)), 1);
  }

  /** The group of that number. */
  public Optional<Group> group(int number) {
    return groups.stream().filter(group -> group.number() == number).findAny();
  }

  /** The same, but for the state of one group. */
  public PortGroups with(int number, AccessState state) {
    return new PortGroups(
        groups.stream()
            .map(group ->
                group.number() == number ? new Group(number, state, group.preferred()) : group)
            .toList(),
        own);
  }

  /** How well this node's own ports do. */
  public AccessState state() {
    return group(own).orElseThrow().state();
  }
}
