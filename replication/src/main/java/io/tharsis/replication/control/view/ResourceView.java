package io.tharsis.replication.control.view;

import java.util.List;
import java.util.Optional;

/**
 * One resource as it is shown.
 *
 * @param name of the resource
 * @param id its UUID
 * @param sizeBytes of its volume
 * @param primary the designated primary; empty if there is none, or more than one
 * @param epoch number of the epoch that is written
 * @param settings what was decided for it
 * @param replicas of all members, and of this node
 * @param alarms what somebody must see: a split, a clock too far ahead; sentences
 */
public record ResourceView(
    String name,
    String id,
    long sizeBytes,
    Optional<String> primary,
    long epoch,
    SettingsView settings,
    List<ReplicaView> replicas,
    List<String> alarms) {

  /** Lists that nobody changes. */
  public ResourceView {
    replicas = List.copyOf(replicas);
    alarms = List.copyOf(alarms);
  }
}
