package io.tharsis.server.node;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.server.ring.AppendMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one node is to do.
 *
 * @param data the data directory
 * @param resources what is served, at least one, names and disks all different
 * @param listen where initiators connect
 * @param metrics where metrics are served; empty means nowhere
 * @param transport how event loops wait; empty means the best this host has
 * @param append how the log becomes durable; empty means what a probe finds best
 * @param limits of each resource's log
 */
public record NodeConfig(
    Path data,
    List<ResourceSpec> resources,
    HostPort listen,
    Optional<HostPort> metrics,
    Optional<Transport> transport,
    Optional<AppendMethod> append,
    LogLimits limits) {

  public NodeConfig {
    resources = List.copyOf(resources);
  }
}
