package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a target device knows of its port groups, and what initiators have been told of them. Owned
 * by {@link VolumeTargetDevice}, shared by its logical units: groups are of nodes, and a node
 * serves all volumes of a resource alike.
 */
final class PortGroupTable {

  /** Whose commands have asked for a state, and have no answer yet. */
  private record Wish(NexusState nexus, int unit, int group) {}

  private final TargetPort port;
  private final List<Wish> wishes = new ArrayList<>();
  private PortGroups groups;

  /** The groups as they were when nexuses were told last, or could look first. */
  private PortGroups told;

  private PortGroupReport report;

  PortGroupTable(TargetPort port) {
    this.port = port;
    groups = port.groups();
    told = groups;
    report = new PortGroupReport(groups);
  }

  TargetPort port() {
    return port;
  }

  PortGroups groups() {
    return groups;
  }

  /** Parameter data of REPORT TARGET PORT GROUPS. */
  PortGroupReport report() {
    return report;
  }

  /**
   * The groups are different from now on. A group that is under way is news only when it has
   * arrived: SPC-4 5.15.2.3 wants the unit attention after the change, and an initiator that is
   * sent to look while nothing is decided looks again only seconds later.
   *
   * @return whether nexuses are to be told
   */
  boolean replace(PortGroups now) {
    Invariant.check(now.own() == groups.own(), "a node keeps its number", groups.own(), now.own());
    groups = now;
    report = new PortGroupReport(now);
    PortGroups settled =
        new PortGroups(now.groups().stream().map(this::settled).toList(), now.own());
    boolean news = !settled.equals(told);
    told = settled;
    return news;
  }

  private PortGroups.Group settled(PortGroups.Group group) {
    return group.state() == AccessState.TRANSITIONING
        ? told.group(group.number()).orElse(group)
        : group;
  }

  /** Whether a nexus has asked through that unit for what has come true just now. */
  boolean isWishOf(NexusState nexus, int unit) {
    return wishes.stream()
        .filter(wish -> wish.nexus() == nexus && wish.unit() == unit)
        .flatMap(wish -> groups.group(wish.group()).stream())
        .anyMatch(group -> group.state() == AccessState.OPTIMIZED);
  }

  /** Passes on that a nexus wants a group to be optimized. */
  void wish(NexusState nexus, int unit, int group, AccessControl.Answer answer) {
    Wish wish = new Wish(nexus, unit, group);
    wishes.add(wish);
    port.control()
        .prefer(
            group,
            verdict -> {
              Invariant.check(wishes.remove(wish), "a wish is answered once");
              answer.ended(verdict);
            });
  }
}
