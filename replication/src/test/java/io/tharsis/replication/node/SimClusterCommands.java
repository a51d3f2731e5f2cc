package io.tharsis.replication.node;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.WriteCacheMode;
import java.util.OptionalLong;

/** Verbs as a scenario gives them. */
final class SimClusterCommands {

  private SimClusterCommands() {}

  static String disk(String resource) {
    return "/disk-" + resource;
  }

  static Command.OnResource create(String resource) {
    return new Command.CreateResource(
        resource, disk(resource), OptionalLong.of(Cells.VOLUME_BYTES), WriteCacheMode.DURABLE);
  }

  static Command.OnResource join(String resource) {
    return new Command.JoinResource(resource, disk(resource));
  }
}
