package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a resource's primary says of it. Its epoch is the document's version. Where the log says
 * otherwise (sizes, state) the log is right.
 *
 * @param name how people call it; two resources of one name can meet, see {@link Views}
 * @param primary who may write it; empty while nobody is
 * @param members who has a replica, at most {@link #MAX_MEMBERS}
 * @param sizes bytes of each volume by its number, at most {@link #MAX_VOLUMES}
 * @param policy settings by name, at most {@link #MAX_SETTINGS}; their meaning is the verbs'
 * @param extras what only a newer program knows
 */
public record ResourceDocument(
    String name,
    Optional<UUID> primary,
    List<Member> members,
    SortedMap<Integer, Long> sizes,
    SortedMap<String, String> policy,
    List<Extra> extras)
    implements Content {

  /** Most members of a resource. */
  public static final int MAX_MEMBERS = 32;

  /** Most volumes of a resource. */
  public static final int MAX_VOLUMES = 16;

  /** Most settings of a policy. */
  public static final int MAX_SETTINGS = 64;

  /**
   * A node that has a replica.
   *
   * @param node which
   * @param membership random, made anew each time a node joins: what a node said in an earlier
   *     membership does not count
   * @param switches what the primary wants of it
   */
  public record Member(UUID node, UUID membership, Switches switches) {}

  /** A resource within its limits, each node in it once. */
  public ResourceDocument {
    Texts.checkName(name);
    members = List.copyOf(members);
    sizes = Collections.unmodifiableSortedMap(new TreeMap<>(sizes));
    policy = Collections.unmodifiableSortedMap(new TreeMap<>(policy));
    extras = Extra.checked(extras);
    Texts.checkCount(members.size(), MAX_MEMBERS, "members");
    Texts.checkCount(sizes.size(), MAX_VOLUMES, "volumes");
    Texts.checkCount(policy.size(), MAX_SETTINGS, "settings");
    Set<UUID> nodes = new HashSet<>();
    for (Member member : members) {
      Invariant.check(nodes.add(member.node), "twice a member", member.node);
    }
    for (Map.Entry<Integer, Long> size : sizes.entrySet()) {
      Invariant.check(0 <= size.getKey() && size.getKey() <= 0xFFFF, "volume", size.getKey());
      Invariant.check(size.getValue() > 0, "size of volume", size.getKey(), size.getValue());
    }
    for (Map.Entry<String, String> setting : policy.entrySet()) {
      Texts.checkName(setting.getKey());
      Texts.check(setting.getValue(), 255, "setting");
    }
  }

  /** The membership of a node. */
  public Optional<Member> member(UUID node) {
    return members.stream().filter(member -> member.node.equals(node)).findFirst();
  }
}
